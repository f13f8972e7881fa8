use converse::prelude::*;

#[ws_route("/connect")]
async fn connect(_one: WebSocket, _other: WebSocket) {}

fn main() {}
