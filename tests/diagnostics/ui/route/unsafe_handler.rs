use converse::prelude::*;

#[ws_route("/connect")]
async unsafe fn connect(_socket: WebSocket) {}

fn main() {}
