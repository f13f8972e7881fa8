use converse::prelude::*;

#[ws_route("/rooms/{room/connect")]
async fn connect(_socket: WebSocket) {}

fn main() {}
