use converse::prelude::*;

#[ws_route("/never", ping = "999999999999h")]
async fn never(_socket: WebSocket) {}

#[ws_route("/weekly", ping = "30s", pong = "7d")]
async fn weekly(_socket: WebSocket) {}

#[ws_route("/small", inbox = "512 B", outbox = "1023 B")]
async fn small(_socket: WebSocket) {}

#[ws_route("/large", inbox = "512 MiB")]
async fn large(_socket: WebSocket) {}

fn main() {}
