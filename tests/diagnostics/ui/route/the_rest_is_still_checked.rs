use converse::prelude::*;

#[ws_route("/rooms/{rom}")]
async fn connect(_socket: WebSocket, room: String) {
    let _: u32 = room;
}

fn main() {
    let _: axum::Router = routes![connect];
    let _ = connect;
}
