use converse::prelude::*;

#[ws_route("/files/{*path}")]
async fn files(_socket: WebSocket, _path: String) {}

#[ws_route("/files/{name}/raw")]
async fn raw(_socket: WebSocket, _name: String) {}

fn main() {
    let _: axum::Router = routes![raw, files];
}
