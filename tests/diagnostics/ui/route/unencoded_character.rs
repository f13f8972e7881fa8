use converse::prelude::*;

#[ws_route("/my room")]
async fn connect(_socket: WebSocket) {}

fn main() {}
