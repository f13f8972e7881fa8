use converse::prelude::*;

struct Room;

#[ws_route("/rooms/{_room}")]
async fn connect(_socket: WebSocket, _room: Room) {}

fn main() {}
