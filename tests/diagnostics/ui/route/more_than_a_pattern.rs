use converse::prelude::*;

#[ws_route("/connect", GET)]
async fn connect(_socket: WebSocket) {}

fn main() {}
