//! The socket by hand: what `/connect` of the echo example answers, and what it prints.

mod lines;
mod rust_client;
mod server;

use std::path::Path;
use std::time::Duration;

use server::Server;

#[test]
fn every_message_is_printed_and_greeted() {
    let server = Server::start(env!("CARGO_BIN_EXE_echo"));
    let dialogues = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/foreign/dialogues/greeting.json");
    rust_client::play(&format!("{}/connect", server.url), dialogues.to_str().expect("the path is UTF-8"));
    for expected in ["Received message: Good morning!", "Received message: <2 bytes>"] {
        assert_eq!(server.output.recv_timeout(Duration::from_secs(10)).as_deref(), Ok(expected));
    }
}
