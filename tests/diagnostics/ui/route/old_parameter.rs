use converse::prelude::*;

#[ws_route("/rooms/:room/connect")]
async fn connect(_socket: WebSocket) {}

#[ws_route("/files/*path")]
async fn files(_socket: WebSocket) {}

fn main() {}
