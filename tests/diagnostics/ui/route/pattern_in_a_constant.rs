use converse::prelude::*;

const PATTERN: &str = "/connect";

#[ws_route(PATTERN)]
async fn connect(_socket: WebSocket) {}

const _: &str = PATTERN;

fn main() {}
