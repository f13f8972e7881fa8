use converse::prelude::*;

#[ws_route("rooms/{}/:id")]
fn connect<T>(_room: &str) {}

#[ws_route("/rooms/{}/:id/{rom}")]
async fn chat(_socket: WebSocket, _room: String, _age: u32) {}

fn main() {}
