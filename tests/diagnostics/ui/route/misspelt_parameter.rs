use converse::prelude::*;

#[ws_route("/rooms/{rom}")]
async fn connect(_socket: WebSocket, _room: u32) {}

fn main() {}
