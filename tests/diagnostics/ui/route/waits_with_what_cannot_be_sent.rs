use converse::prelude::*;

use std::rc::Rc;

#[ws_route("/connect")]
async fn connect(_socket: WebSocket) {
    let count = Rc::new(1);
    std::future::ready(()).await;
    drop(count);
}

fn main() {}
