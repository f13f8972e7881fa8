use converse::prelude::*;

#[ws_route("/{from}-{to}")]
async fn connect(_socket: WebSocket, _from: u32, _to: u32) {}

fn main() {}
