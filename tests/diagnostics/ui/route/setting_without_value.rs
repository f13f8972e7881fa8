use converse::prelude::*;

#[ws_route("/connect", ping =)]
async fn connect(_socket: WebSocket) {}

fn main() {}
