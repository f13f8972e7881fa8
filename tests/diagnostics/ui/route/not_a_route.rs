use converse::prelude::*;

async fn connect(_socket: WebSocket) {}

mod chat {
    pub async fn connect(_socket: converse::WebSocket) {}
}

fn main() {
    let _: axum::Router = routes![connect, chat::connect];
}
