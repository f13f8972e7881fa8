use converse::prelude::*;

#[ws_route("/files/{name}.txt")]
async fn connect(_socket: WebSocket, _name: String) {}

fn main() {}
