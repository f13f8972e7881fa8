use converse::prelude::*;

#[ws_route]
async fn connect(_socket: WebSocket) {}

fn main() {}
