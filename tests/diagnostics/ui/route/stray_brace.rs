use converse::prelude::*;

#[ws_route("/rooms/room}")]
async fn connect(_socket: WebSocket) {}

fn main() {}
