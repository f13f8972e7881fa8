use converse::prelude::*;

#[ws_route("/connect")]
fn connect(_socket: WebSocket) {}

fn main() {}
