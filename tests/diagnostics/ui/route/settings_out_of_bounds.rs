use converse::prelude::*;

#[ws_route("/never", ping = "999999999999h")]
async fn never(_socket: WebSocket) {}

#[ws_route("/weekly", ping = "30s", pong = "7d")]
async fn weekly(_socket: WebSocket) {}

#[ws_route("/small", inbox = "512 B", outbox = "1023 B")]
async fn small(_socket: WebSocket) {}

#[ws_route("/large", inbox = "512 MiB")]
async fn large(_socket: WebSocket) {}

#[ws_route("/upload", max_message = "17592186044415 MiB")]
async fn upload(_socket: WebSocket) {}

#[ws_route("/many", max_fragments = 0, max_messages_per_second = 4294967296)]
async fn many(_socket: WebSocket) {}

fn main() {}
