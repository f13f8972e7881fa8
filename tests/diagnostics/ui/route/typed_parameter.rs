use converse::prelude::*;

#[ws_route("/rooms/{room: u32}")]
async fn connect(_socket: WebSocket, _room: u32) {}

fn main() {}
