use converse::prelude::*;

#[ws_route("/connect")]
async fn connect(_socket: WebSocket) {}

#[ws_route("/chat")]
async fn chat(_socket: WebSocket) {}

fn main() {
    let _: axum::Router = routes![connect chat, "/connect", chat()];
}
