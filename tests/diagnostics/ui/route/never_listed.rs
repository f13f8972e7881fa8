#![deny(dead_code)]

use converse::prelude::*;

#[ws_route("/connect")]
async fn connect(_socket: WebSocket) {}

#[ws_route("/never")]
async fn never(_socket: WebSocket) {}

fn main() {
    let _: axum::Router = routes![connect];
}
