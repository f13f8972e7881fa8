use converse::prelude::*;

#[ws_route("/connect", ping =)]
async fn connect(_socket: WebSocket) {}

#[ws_route("/upload", max_message = )]
async fn upload(_socket: WebSocket) {}

#[ws_route("/commands", max_messages_per_second =)]
async fn commands(_socket: WebSocket) {}

#[ws_route("/words", protocols =)]
async fn words(_socket: WebSocket) {}

#[ws_route("/small", max_mesage =)]
async fn small(_socket: WebSocket) {}

fn main() {}
