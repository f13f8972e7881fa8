use converse::prelude::*;

#[ws_route("/connect")]
async fn connect(_socket: WebSocket) -> u32 {
    36
}

fn main() {}
