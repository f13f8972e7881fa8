//! The dialogues of `dialogues/`, held with real servers by clients that nobody here wrote.
//!
//! A dialogue is a list of lines, as the client sees it: `say` and `hear` a text, `send` bytes, `closed` by the server
//! with a code; `leave` closes properly, `vanish` only hangs up. Every client plays all of a file one after another,
//! and prints the name of each that went as written.

mod client;
mod lines;
mod patience;
mod rust_client;
mod server;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use client::{python, run};
use converse::routes;
use server::Server;

/// For all dialogues of a file. The longest wait in them is for a silence of a second, twice.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn tokio_tungstenite() {
    play(rust_client::play);
}

/// What cargo alone cannot run: `cargo xtask test` installs these clients.
mod foreign {
    use super::*;

    #[test]
    #[ignore = "`cargo xtask test` installs what it needs"]
    fn python_websockets() {
        play(|url, dialogues| {
            run(python("python").arg(script("websockets_client.py")).args([url, dialogues]), PATIENCE)
        });
    }

    #[test]
    #[ignore = "`cargo xtask test` installs what it needs"]
    fn python_aiohttp() {
        play(|url, dialogues| run(python("python").arg(script("aiohttp_client.py")).args([url, dialogues]), PATIENCE));
    }

    #[test]
    #[ignore = "`cargo xtask test` installs what it needs"]
    fn node_ws() {
        play(|url, dialogues| run(Command::new("node").arg(script("ws_client.cjs")).args([url, dialogues]), PATIENCE));
    }

    fn script(name: &str) -> PathBuf {
        file("clients").join(name)
    }
}

/// Has `client`, which takes a URL and a file of dialogues and tells which it played, play all there are.
fn play(client: impl Fn(&str, &str) -> Vec<String>) {
    let check = |url: String, dialogues: &str| {
        let dialogues = file(dialogues);
        let text = std::fs::read_to_string(&dialogues).expect("the dialogues can be read");
        let expected = rust_client::parse(&text);
        let played = client(&url, dialogues.to_str().expect("the path is UTF-8"));
        assert_eq!(played.len(), expected.len(), "{played:?}");
        for (played, (name, _)) in played.iter().zip(&expected) {
            assert!(played.ends_with(name), "{played:?} is not {name:?}");
        }
    };
    let introduction = Server::start(env!("CARGO_BIN_EXE_introduction"));
    check(format!("{}/introduce", introduction.url), "dialogues/introduction.json");
    check(format!("{}/patience", patient_server()), "dialogues/patience.json");
}

/// A file of this directory.
fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/foreign").join(name)
}

/// Serves [`Patience`] for as long as the test runs, since no example is made for silence.
fn patient_server() -> String {
    let (sender, url) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let server = converse::Server::bind("127.0.0.1:0").await.expect("a free port");
            sender.send(format!("ws://{}", server.local_addr())).expect("the test waits for it");
            server.serve(routes![patience::patience]).await
        })
    });
    url.recv_timeout(Duration::from_secs(10)).expect("the server listens")
}
