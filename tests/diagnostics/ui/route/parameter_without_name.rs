use converse::prelude::*;

#[ws_route("/rooms/{}")]
async fn connect(_socket: WebSocket) {}

fn main() {}
