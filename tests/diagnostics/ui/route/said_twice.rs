use converse::prelude::*;

#[ws_route("/pages", origins = ["https://a.example.org", "https://b.example.org", "https://A.example.org"])]
async fn pages(_socket: WebSocket) {}

#[ws_route("/words", protocols = ["chat.v1", "Chat.v1", "chat.v1"])]
async fn words(_socket: WebSocket) {}

fn main() {}
