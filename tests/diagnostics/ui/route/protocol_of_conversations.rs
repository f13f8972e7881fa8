use converse::prelude::*;

#[ws_route("/connect", protocols = ["chat.v1", "converse.v1"])]
async fn connect(_socket: WebSocket) {}

conversation! {
    Greeting {
        say "Hello.";
    }
}

#[ws_route("/greet", protocols = ["converse.v1"])]
async fn greet() -> Greeting {
    Greeting
}

fn main() {}
