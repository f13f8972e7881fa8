//! `converse.v1`: numbered frames of JSON.

use std::time::Duration;

use axum::Router;
use axum::routing::any;
use converse::prelude::*;
use converse::store::{Filter, Memory, Store};
use converse::{Held, Sessions, Upgrade};
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};

use crate::support::{Browser, Client, Raw, hear, serve, talk};

conversation! {
    /// Gets to know a visitor.
    Introduction {
        say "Hello!";
        let name: String = ask "What is your name?";
        let age: u8 = ask "And your age?" else "Please, insert a valid number";
        say "You're {name}, and you are {age} old.";
    }
}

#[ws_route("/introduce")]
async fn introduce() -> Introduction {
    Introduction
}

#[ws_route("/members/{member}")]
async fn member(member: u32) -> Held<Introduction> {
    Introduction.keyed(member)
}

fn app() -> Router {
    routes![introduce, member].layer(Sessions::in_memory())
}

/// One connection of a client.
pub(crate) struct Peer(Client<DuplexStream>);

impl Peer {
    /// Opens a socket, and says nothing yet.
    pub(crate) async fn open(browser: &Browser) -> Self {
        let protocol = (header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("converse.v1"));
        let (client, response) = browser.open(Some(protocol)).await.expect("the handshake succeeds");
        assert_eq!(response.headers()[header::SEC_WEBSOCKET_PROTOCOL], "converse.v1");
        assert_eq!(response.headers().get(header::SET_COOKIE), None);
        Peer(client)
    }

    /// Says this first; what it is welcomed with.
    pub(crate) async fn hello(browser: &Browser, hello: Value) -> (Self, Value) {
        let mut peer = Peer::open(browser).await;
        peer.say(hello).await;
        let welcome = peer.next().await;
        assert_eq!(welcome["t"], "welcome");
        (peer, welcome)
    }

    async fn say(&mut self, frame: Value) {
        self.0.send(frame.to_string()).await;
    }

    pub(crate) async fn next(&mut self) -> Value {
        serde_json::from_str(&self.0.text().await).expect("a frame is JSON")
    }

    async fn hears(&mut self, frames: &[Value]) {
        for frame in frames {
            assert_eq!(self.next().await, *frame);
        }
    }

    /// What it is closed with for this.
    pub(crate) async fn refused(mut self, message: impl Into<Message>) -> (u16, String) {
        self.0.send(message).await;
        self.0.closed().await
    }
}

fn out(n: u64, text: &str) -> Value {
    json!({"t": "out", "n": n, "text": text})
}

fn ask(n: u64, question: &str, text: &str) -> Value {
    json!({"t": "out", "n": n, "ask": question, "text": text})
}

fn input(n: u64, text: &str) -> Value {
    json!({"t": "in", "n": n, "text": text})
}

fn ack(n: u64) -> Value {
    json!({"t": "ack", "n": n})
}

fn hello(welcome: &Value, inputs: u64, outputs: u64) -> Value {
    json!({"t": "hello", "token": welcome["token"], "in": inputs, "out": outputs})
}

#[tokio::test]
async fn outputs_and_inputs_are_numbered_and_inputs_are_acknowledged() {
    let browser = Browser::new(&app(), "/introduce");
    let (mut peer, welcome) = Peer::hello(&browser, json!({"t": "hello"})).await;
    for (field, value) in [("epoch", json!(1)), ("in", json!(0)), ("out", json!(0)), ("state", json!("new"))] {
        assert_eq!(welcome[field], value, "{field}");
    }
    peer.hears(&[out(1, "Hello!"), ask(2, "name", "What is your name?")]).await;
    peer.say(input(1, "Ada")).await;
    peer.hears(&[ack(1), ask(3, "age", "And your age?")]).await;
    peer.say(input(2, "old")).await;
    peer.hears(&[ack(2), out(4, "Please, insert a valid number"), ask(5, "age", "And your age?")]).await;
    peer.say(json!({"t": "in", "n": 3, "a": 5, "json": 36})).await;
    peer.hears(&[ack(3), out(6, "You're Ada, and you are 36 old.")]).await;
    assert_eq!(peer.0.closed().await.0, 1000);
}

#[tokio::test]
async fn who_comes_back_hears_exactly_what_it_has_not_seen() {
    let browser = Browser::new(&app(), "/introduce");
    let (mut peer, first) = Peer::hello(&browser, json!({"t": "hello"})).await;
    peer.hears(&[out(1, "Hello!"), ask(2, "name", "What is your name?")]).await;
    drop(peer);
    let (mut peer, second) = Peer::hello(&browser, hello(&first, 0, 1)).await;
    assert_eq!((&second["state"], &second["epoch"], &second["id"]), (&json!("resumed"), &json!(2), &first["id"]));
    assert_ne!(first["token"], second["token"]);
    peer.hears(&[ask(2, "name", "What is your name?")]).await;
    peer.say(input(1, "Ada")).await;
    peer.hears(&[ack(1), ask(3, "age", "And your age?")]).await;
    drop(peer);
    let (mut peer, third) = Peer::hello(&browser, hello(&second, 1, 3)).await;
    assert_eq!((&third["in"], &third["out"]), (&json!(1), &json!(3)));
    peer.say(input(2, "old")).await; // Nothing comes before the answer to it.
    peer.hears(&[ack(2), out(4, "Please, insert a valid number"), ask(5, "age", "And your age?")]).await;
    drop(peer);
    // A page that was loaded anew has kept the token, and forgotten the rest.
    let (mut peer, welcome) = Peer::hello(&browser, json!({"t": "hello", "token": third["token"]})).await;
    assert_eq!((&welcome["state"], &welcome["in"]), (&json!("resumed"), &json!(2)));
    assert_eq!(peer.next().await["text"], "Please, insert a valid number");
    peer.hears(&[ask(5, "age", "And your age?")]).await;
    // The first token is void, since the second has been used.
    let (mut peer, welcome) = Peer::hello(&browser, hello(&first, 2, 5)).await;
    assert_eq!((&welcome["state"], &welcome["epoch"]), (&json!("new"), &json!(1)));
    peer.hears(&[out(1, "Hello!")]).await;
}

#[tokio::test]
async fn an_input_that_is_sent_again_is_applied_once() {
    let browser = Browser::new(&app(), "/introduce");
    let (mut peer, welcome) = Peer::hello(&browser, json!({"t": "hello"})).await;
    peer.hears(&[out(1, "Hello!"), ask(2, "name", "What is your name?")]).await;
    peer.say(input(1, "Ada")).await;
    peer.hears(&[ack(1), ask(3, "age", "And your age?")]).await;
    peer.say(input(1, "Ada")).await;
    peer.hears(&[ack(1)]).await;
    drop(peer);
    // It has not seen the acknowledgement, and sends what it has typed ahead along with it.
    let (mut peer, welcome) = Peer::hello(&browser, hello(&welcome, 0, 3)).await;
    assert_eq!(welcome["in"], 1);
    for frame in [input(1, "Ada"), input(2, "36"), input(2, "37")] {
        peer.say(frame).await;
    }
    peer.hears(&[ack(1), ack(2), out(4, "You're Ada, and you are 36 old.")]).await;
    assert_eq!(peer.0.closed().await.0, 1000);
}

#[tokio::test]
async fn the_end_is_told_to_who_has_not_seen_it() {
    let browser = Browser::new(&app(), "/introduce");
    let (mut peer, mut welcome) = Peer::hello(&browser, json!({"t": "hello"})).await;
    peer.say(input(1, "Ada")).await;
    peer.say(input(2, "36")).await;
    while peer.next().await["n"] != 4 {}
    drop(peer); // Without an answer to the close.
    for (seen, missed) in [(3, 1), (4, 0)] {
        let mut peer;
        (peer, welcome) = Peer::hello(&browser, hello(&welcome, 2, seen)).await;
        assert_eq!(welcome["state"], "resumed");
        peer.hears(&vec![out(4, "You're Ada, and you are 36 old."); missed]).await;
        assert_eq!(peer.0.next().await.map(|message| message.is_close()), Some(true));
    }
}

#[tokio::test]
async fn a_client_that_is_ahead_of_the_store_is_told_so() {
    let browser = Browser::new(&app(), "/introduce");
    let (mut peer, welcome) = Peer::hello(&browser, json!({"t": "hello"})).await;
    peer.hears(&[out(1, "Hello!"), ask(2, "name", "What is your name?")]).await;
    let (mut peer, second) = Peer::hello(&browser, hello(&welcome, 0, 3)).await;
    assert_eq!((&second["state"], &second["out"]), (&json!("regressed"), &json!(2)));
    peer.hears(&[out(1, "Hello!"), ask(2, "name", "What is your name?")]).await;
    let (mut peer, third) = Peer::hello(&browser, hello(&second, 1, 0)).await;
    assert_eq!((&third["state"], &third["in"]), (&json!("regressed"), &json!(0)));
    peer.hears(&[out(1, "Hello!"), ask(2, "name", "What is your name?")]).await;
    peer.say(input(1, "Ada")).await;
    peer.hears(&[ack(1), ask(3, "age", "And your age?")]).await;
}

#[tokio::test]
async fn who_breaks_the_protocol_is_told_what_was_expected() {
    let browser = Browser::new(&app(), "/introduce");
    let gap = input(2, "Ada").to_string();
    for message in [Message::text(gap), Message::text("Ada"), Message::binary("Ada"), Message::text(r#"{"t":"in"}"#)] {
        let (mut peer, _) = Peer::hello(&browser, json!({"t": "hello"})).await;
        peer.hears(&[out(1, "Hello!"), ask(2, "name", "What is your name?")]).await;
        let (code, reason) = peer.refused(message).await;
        assert_eq!(code, 1002);
        assert!(reason.starts_with("expected "), "{reason}");
    }
    let first = |message: Message| async { Peer::open(&browser).await.refused(message).await };
    let expected = (1002, r#"expected {"t":"hello"}"#.to_owned());
    assert_eq!(first(Message::text(input(1, "Ada").to_string())).await, expected);
    assert_eq!(first(Message::text("Ada")).await, expected);
    assert_eq!(first(Message::binary(json!({"t": "hello"}).to_string())).await, expected);
    let long = json!({"t": "hello", "token": "x".repeat(5000)});
    assert_eq!(first(Message::text(long.to_string())).await.0, 1009);
}

#[tokio::test(start_paused = true)]
async fn who_says_no_hello_is_sent_away() {
    let mut peer = Peer::open(&Browser::new(&app(), "/introduce")).await;
    let before = Instant::now();
    assert_eq!(peer.0.closed().await, (1002, "no hello came in time".to_owned()));
    assert_eq!(before.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn no_cookie_is_looked_at_and_no_token_of_others_is_good() {
    let mut browser = Browser::new(&app(), "/introduce");
    let mut client = browser.connect().await;
    hear(&mut client, &["Hello!", "What is your name?"]).await;
    talk(&mut client, "Ada", &["And your age?"]).await;
    let (mut peer, welcome) = Peer::hello(&browser, json!({"t": "hello", "token": "v1.x.y"})).await;
    assert_eq!(welcome["state"], "new");
    peer.hears(&[out(1, "Hello!")]).await;
    talk(&mut client, "36", &["You're Ada, and you are 36 old."]).await;
}

#[tokio::test]
async fn a_key_needs_no_token_and_finds_who_speaks_otherwise() {
    let mut browser = Browser::new(&app(), "/members/7");
    let mut client = browser.connect().await;
    hear(&mut client, &["Hello!", "What is your name?"]).await;
    talk(&mut client, "Ada", &["And your age?"]).await;
    let (mut peer, welcome) = Peer::hello(&browser, json!({"t": "hello"})).await;
    assert_eq!((&welcome["state"], welcome.get("token")), (&json!("resumed"), None));
    assert_eq!(client.closed().await.0, 4409);
    peer.hears(&[ask(3, "age", "And your age?")]).await;
    peer.say(json!({"t": "in", "n": 1, "text": "36"})).await;
    peer.hears(&[ack(1), out(4, "You're Ada, and you are 36 old.")]).await;
}

conversation! {
    /// Repeats everything, after a while.
    Parrot {
        loop {
            let word: converse::Message = ask "?";
            say "Well…";
            sleep(Duration::from_millis(1)).await;
            say word;
        }
    }
}

#[ws_route("/parrot")]
async fn parrot() -> Parrot {
    Parrot
}

#[tokio::test]
async fn nothing_is_said_before_it_is_stored_and_bytes_are_base64() {
    let browser = Browser::new(&routes![parrot].layer(Sessions::new(Memory::default())), "/parrot");
    let (mut peer, _) = Peer::hello(&browser, json!({"t": "hello"})).await;
    peer.hears(&[ask(1, "word", "?")]).await;
    peer.say(json!({"t": "in", "n": 1, "binary": "yv4="})).await;
    let bytes = json!({"t": "out", "n": 3, "binary": "yv4="});
    peer.hears(&[ack(1), out(2, "Well…"), bytes, ask(4, "word", "?")]).await;
    peer.say(json!({"t": "in", "n": 2, "json": {"b": [1.50, null]}})).await;
    peer.hears(&[ack(2), out(5, "Well…"), out(6, r#"{"b":[1.5,null]}"#), ask(7, "word", "?")]).await;
}

mod after {
    use super::*;

    conversation! {
        /// Has been written anew.
        pub(super) Introduction {
            let nick: String = ask "What shall I call you?";
            say "Hello, {nick}!";
        }
    }

    #[ws_route("/introduce")]
    pub(super) async fn introduce() -> Introduction {
        Introduction
    }
}

#[tokio::test]
async fn one_that_begins_again_goes_on_counting() {
    let store = Memory::default();
    let app = |router: Router| router.layer(Sessions::new(store.clone()));
    let (mut peer, welcome) =
        Peer::hello(&Browser::new(&app(routes![introduce]), "/introduce"), json!({"t": "hello"})).await;
    peer.hears(&[out(1, "Hello!"), ask(2, "name", "What is your name?")]).await;
    peer.say(input(1, "Ada")).await;
    peer.hears(&[ack(1), ask(3, "age", "And your age?")]).await;
    let browser = Browser::new(&app(routes![after::introduce]), "/introduce");
    let (mut peer, welcome) = Peer::hello(&browser, hello(&welcome, 1, 3)).await;
    assert_eq!((&welcome["state"], &welcome["in"]), (&json!("resumed"), &json!(1)));
    let outdated = out(4, "This conversation has changed since. It begins again.");
    peer.hears(&[outdated, ask(5, "nick", "What shall I call you?")]).await;
    peer.say(input(2, "Ada")).await;
    peer.hears(&[ack(2), out(6, "Hello, Ada!")]).await;
    assert_eq!(peer.0.closed().await.0, 1000);
}

#[tokio::test]
async fn an_input_for_a_question_that_is_gone_is_dropped_and_counted() {
    let store = Memory::default();
    let sessions = Sessions::new(store.clone());
    let browser = Browser::new(&routes![introduce].layer(sessions.clone()), "/introduce");
    let (mut peer, _) = Peer::hello(&browser, json!({"t": "hello"})).await;
    peer.hears(&[out(1, "Hello!"), ask(2, "name", "What is your name?")]).await;
    // Another process has gone on meanwhile, as it does when a clock runs out.
    let all = sessions.list(&Filter::default(), None, 1).await.expect("it is in memory");
    let record = store.load(all[0].id).await.expect("it is in memory").expect("it was listed");
    let mut body: Value = serde_json::from_slice(&record.body).expect("it is not sealed");
    body["state"] = json!({"age": {"name": "nobody"}});
    (body["words"], body["numbers"]) = (json!([{"Text": "And your age?"}]), json!({"out": 3, "asked": 3}));
    let mut next = record.next();
    (next.question, next.body) = ("age".into(), serde_json::to_vec(&body).expect("it was JSON").into());
    store.commit(&next, &[]).await.expect("nobody else writes");
    peer.say(input(1, "Ada")).await;
    peer.hears(&[ask(3, "age", "And your age?")]).await;
    peer.say(input(2, "36")).await;
    peer.hears(&[ack(2), out(4, "You're nobody, and you are 36 old.")]).await;
    assert_eq!(peer.0.closed().await.0, 1000);
}

#[tokio::test]
async fn without_a_store_nobody_speaks_it() {
    let plain = any(async |upgrade: Upgrade| upgrade.converse(Introduction).await);
    let named = any(async |upgrade: Upgrade| upgrade.protocols(&["converse.v1"]).converse(Introduction).await);
    for route in [plain, named] {
        let app = Router::new().route("/introduce", route);
        let protocol = (header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("converse.v1"));
        assert!(Browser::new(&app, "/introduce").open(Some(protocol)).await.is_err(), "the client does not get it");
    }
}

#[ws_route("/any", origins = dangerous_any)]
async fn anybody() -> Introduction {
    Introduction
}

/// What a page of another host hears when it opens a socket and says this.
async fn stranger(app: &Router, path: &str, hello: &str) -> String {
    let server = serve(app.clone()).await;
    let mut raw = Raw::connect(server.address).await;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nConnection: Upgrade\r\n\
        Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Protocol: converse.v1\r\n\r\n"
    );
    raw.send(&[request.as_bytes(), &Raw::frame(0x81, hello.as_bytes())].concat()).await;
    let head = raw.head().await;
    if !head.starts_with("HTTP/1.1 101 ") {
        return head.lines().next().unwrap_or_default().to_owned();
    }
    // Longer than a frame's first byte can say.
    let length = raw.take(4).await;
    let length = usize::from(u16::from_be_bytes([length[2], length[3]]));
    String::from_utf8(raw.take(length).await).expect("it is text")
}

#[tokio::test]
async fn a_page_of_another_host_says_hello_where_the_route_lets_it_in() {
    let app = routes![introduce, anybody].layer(Sessions::in_memory());
    let hello = r#"{"t":"hello"}"#;
    assert_eq!(stranger(&app, "/introduce", hello).await, "HTTP/1.1 403 Forbidden");
    let welcome: Value = serde_json::from_str(&stranger(&app, "/any", hello).await).expect("a frame");
    assert_eq!((&welcome["t"], &welcome["state"]), (&json!("welcome"), &json!("new")));
    let (_peer, first) = Peer::hello(&Browser::new(&app, "/any"), json!({"t": "hello"})).await;
    let token = first["token"].as_str().expect("a token");
    let hello = json!({"t": "hello", "token": token}).to_string();
    let welcome: Value = serde_json::from_str(&stranger(&app, "/any", &hello).await).expect("a frame");
    assert_eq!((&welcome["id"], &welcome["state"]), (&first["id"], &json!("resumed")));
}
