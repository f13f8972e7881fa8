use converse::prelude::*;

#[ws_route("/connect")]
async fn connect(_socket: WebSocket) {}

fn main() {
    let _: axum::Router = routes![conect];
}
