use converse::prelude::*;

mod chat {
    use converse::prelude::*;

    #[ws_route("/connect")]
    pub async fn connect(_socket: WebSocket) {}
}

fn main() {
    let _: axum::Router = routes![chat::connect, chat::connect];
}
