use converse::prelude::*;

#[ws_route("/chat/{room}")]
async fn chat(_socket: WebSocket, _room: String) {}

#[ws_route("/chat/{id}")]
async fn chat_by_id(_socket: WebSocket, _id: u32) {}

#[ws_route("/chat/lobby")]
async fn lobby(_socket: WebSocket) {}

fn main() {
    let _: axum::Router = routes![chat, lobby, chat_by_id];
}
