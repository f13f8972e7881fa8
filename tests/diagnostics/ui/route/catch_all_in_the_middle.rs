use converse::prelude::*;

#[ws_route("/{*path}/raw")]
async fn connect(_socket: WebSocket, _path: String) {}

fn main() {}
