use converse::prelude::*;

#[ws_route("/size", max_size = "16 KiB")]
async fn misspelt(_socket: WebSocket) {}

#[ws_route("/far", compression = true)]
async fn unknown(_socket: WebSocket) {}

#[ws_route("/twice", ping = "30s", ping = "10s")]
async fn twice(_socket: WebSocket) {}

#[ws_route("/bytes", max_message = 16, max_fragments = 300u8, max_messages_per_second = "100")]
async fn without_units(_socket: WebSocket) {}

#[ws_route("/times", ping = 30, pong = "0s")]
async fn without_times(_socket: WebSocket) {}

#[ws_route("/silence", pong = "5s", ping = "off")]
async fn nothing_to_answer(_socket: WebSocket) {}

#[ws_route("/queues", inbox = 1024, outbox = "1 KB", when_full = ignore)]
async fn no_queues(_socket: WebSocket) {}

conversation! {
    Greeting {
        say "Hello.";
    }
}

#[ws_route("/greet", outbox = "16 KiB", when_full = drop)]
async fn greet() -> Greeting {
    Greeting
}

#[ws_route("/pages", origins = "*")]
async fn every_page(_socket: WebSocket) {}

#[ws_route("/pages/too", origins = ["https://example.org/chat", "example.org"])]
async fn no_origins(_socket: WebSocket) {}

#[ws_route("/words", protocols = ["chat, v2", 2])]
async fn no_list(_socket: WebSocket) {}

#[ws_route("/words/too", protocols = ["chat, v2"])]
async fn no_words(_socket: WebSocket) {}

fn main() {}
