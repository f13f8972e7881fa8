//! A real browser: Chromium, over HTTP/1.1, and over TLS, where its WebSockets are streams of the page's own connection of
//! HTTP/2.
//!
//! It plays the dialogues that others play, and scenes of its own, in `clients/chromium_client.cjs`.

mod client;
#[path = "../../examples/introduction/src/main.rs"]
#[allow(dead_code, unreachable_pub)]
mod introduction;
mod lines;
mod patience;
mod replaced;

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Version;
use axum::http::header::SEC_WEBSOCKET_VERSION;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, Response};
use axum::routing::get;
use client::run_with;
use converse::prelude::*;
use converse::store::Memory;
use converse::{Server, Sessions, Tls};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use replaced::Replaced;

/// For everything. The longest wait is for a silence of a second, twice.
const PATIENCE: Duration = Duration::from_secs(60);

const SCENES: [&str; 5] = [
    "a page that is loaded again is where it was",
    "a page of another origin is refused",
    "long messages and many come back in order",
    "a code of the page's own is answered with itself",
    "who was there when a server stopped is where it was at the next one",
];

#[ws_route("/introduction")]
async fn introduce() -> introduction::Introduction {
    introduction::Introduction
}

#[ws_route("/echo")]
async fn echo(mut ws: WebSocket) -> converse::Result {
    while let Received::Message(message) = ws.receive().await {
        ws.send(message).await?;
    }
    Ok(())
}

/// What cargo alone cannot run: `cargo xtask test` installs the browser.
mod foreign {
    use super::*;

    #[test]
    #[ignore = "`cargo xtask test` installs what it needs"]
    fn chromium_over_http_1() {
        let (opened, refused) = ((Version::HTTP_11, 101), (Version::HTTP_11, 403));
        assert_eq!(play("http", None), [opened, refused, opened]);
    }

    #[test]
    #[ignore = "`cargo xtask test` installs what it needs"]
    fn chromium_over_http_2() {
        let folder = tempfile::tempdir().expect("a folder");
        let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
        let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).expect("a certificate");
        std::fs::write(&chain, cert.pem()).expect("a file");
        std::fs::write(&key, signing_key.serialize_pem()).expect("a file");
        let tls = Tls::from_pem_files(chain, key).expect("good files");
        let (opened, refused) = ((Version::HTTP_2, 200), (Version::HTTP_2, 403));
        // The page has no connection to the next server before it is loaded again.
        let alone = (Version::HTTP_11, 101);
        assert_eq!(play("https", Some(tls)), [opened, refused, opened, alone, opened]);
    }
}

/// By which versions WebSockets were asked for, and how that was answered.
type Handshakes = Arc<Mutex<Vec<(Version, u16)>>>;

/// Has the browser play everything at a server of ours, and returns what handshakes came, without repetitions.
fn play(scheme: &str, tls: Option<Tls>) -> Vec<(Version, u16)> {
    let handshakes = Handshakes::default();
    let (store, noted) = (Memory::default(), Arc::clone(&handshakes));
    let mut server = Replaced::start(move |server: Server| {
        let server = match &tls {
            Some(tls) => server.tls(tls.clone()),
            None => server,
        };
        server.serve(app(store.clone(), Arc::clone(&noted)))
    });

    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("foreign");
    let dialogues = ["introduction", "patience"].map(|name| files.join("dialogues").join(name).with_extension("json"));
    let mut node = Command::new("node");
    node.arg(files.join("clients/chromium_client.cjs"));
    node.arg(format!("{scheme}://{}", server.address())).args(&dialogues);
    let said = run_with(&mut node, PATIENCE, |line| {
        if line == "replace" {
            server.replace();
        }
    });
    let held: Vec<_> = said.iter().filter_map(|line| line.strip_prefix("chromium: ")).collect();
    let written = dialogues.iter().flat_map(|file| names(file));
    assert_eq!(held, written.chain(SCENES.map(str::to_owned)).collect::<Vec<_>>());

    let mut handshakes = std::mem::take(&mut *handshakes.lock().expect("nobody panics with it"));
    handshakes.dedup();
    handshakes
}

/// The names of a file's dialogues.
fn names(dialogues: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(dialogues).expect("the dialogues can be read");
    let dialogues: Vec<(String, Vec<String>)> = serde_json::from_str(&text).expect("pairs of a name and lines");
    dialogues.into_iter().map(|(name, _)| name).collect()
}

/// What each server serves: the conversations of all of them are in one store.
fn app(store: Memory, handshakes: Handshakes) -> Router {
    let sockets = routes![introduce, echo, patience::patience].layer(Sessions::new(store));
    let noted = sockets.layer(from_fn_with_state(handshakes, note));
    noted.route("/", get(async || Html("<!doctype html><title>A page</title>")))
}

async fn note(State(handshakes): State<Handshakes>, request: Request, next: Next) -> Response {
    let (version, is_handshake) = (request.version(), request.headers().contains_key(SEC_WEBSOCKET_VERSION));
    let response = next.run(request).await;
    if is_handshake {
        handshakes.lock().expect("nobody panics with it").push((version, response.status().as_u16()));
    }
    response
}
