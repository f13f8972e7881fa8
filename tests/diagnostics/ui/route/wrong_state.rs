use converse::prelude::*;

use axum::extract::State;

#[derive(Clone)]
struct App;

#[ws_route("/connect")]
async fn connect(_socket: WebSocket, State(_app): State<App>) {}

fn main() {
    let _: axum::Router = routes![connect];
}
