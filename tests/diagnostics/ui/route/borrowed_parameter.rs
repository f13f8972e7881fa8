use converse::prelude::*;

#[ws_route("/rooms/{room}")]
async fn connect(_socket: &mut WebSocket, _room: &str) {}

fn main() {}
