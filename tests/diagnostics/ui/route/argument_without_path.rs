use converse::prelude::*;

#[ws_route("/rooms")]
async fn connect(_socket: WebSocket, _room: u32) {}

fn main() {}
