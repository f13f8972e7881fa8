use converse::prelude::*;

#[ws_route("/connect")]
async fn connect<T>(_socket: WebSocket) {}

fn main() {}
