use converse::prelude::*;

#[ws_route("/connect?room={room}")]
async fn connect(_socket: WebSocket, _room: u32) {}

fn main() {}
