use converse::prelude::*;

struct Session;

#[ws_route("/connect")]
async fn connect(_socket: WebSocket, _session: Session) {}

fn main() {
    let _: axum::Router = routes![connect];
}
