use converse::prelude::*;

struct Chat;

impl Chat {
    #[ws_route("/connect")]
    async fn connect(&self, _socket: WebSocket) {}
}

fn main() {}
