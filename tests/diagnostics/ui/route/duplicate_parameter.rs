use converse::prelude::*;

#[ws_route("/rooms/{id}/{id}")]
async fn connect(_socket: WebSocket, _id: u32) {}

fn main() {}
