//! Tokens that are guessed, damaged, or not good any more, over real sockets: nobody learns anything by them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use converse::store::{Filter, Memory};
use converse::{Sessions, prelude::*};
use converse_conformance::{Fate, Faulty};
use futures_util::future::join_all;
use tokio::io::AsyncReadExt;

use crate::support::{Raw, serve};

conversation! {
    /// Keeps a diary.
    Diary {
        let entry: String = ask "Dear diary?";
        let other: String = ask "What else?";
        say "{entry} {other}";
    }
}

conversation! {
    /// Keeps a calendar, which nobody is to come to with the token of a diary.
    Calendar {
        let date: String = ask "Dear diary?";
        say "{date}";
    }
}

#[ws_route("/")]
async fn diary() -> Diary {
    Diary
}

#[ws_route("/calendar")]
async fn calendar() -> Calendar {
    Calendar
}

/// How often each method of the store was called.
type Calls = Arc<Mutex<HashMap<&'static str, usize>>>;

fn app(change: impl FnOnce(Sessions) -> Sessions) -> (Router, Sessions, Calls) {
    let calls = Calls::default();
    let counted = Arc::clone(&calls);
    let store = Faulty::new(Memory::default(), move |method| {
        *counted.lock().expect("nobody panics").entry(method).or_default() += 1;
        Fate::Answered
    });
    let sessions = change(Sessions::new(store));
    (routes![diary, calendar].layer(sessions.clone()), sessions, calls)
}

/// What a server says to whoever comes.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    /// The head of its response, without the date, and with the cookie only as far as it is the same for everybody.
    head: Vec<String>,
    /// The cookie, as it is sent back.
    cookie: Option<String>,
    /// The first word, where a socket was opened.
    word: String,
}

impl Answer {
    /// What can be seen of it, but for the secret that everybody is given anew.
    fn looks(&self) -> (&[String], &str) {
        (&self.head, &self.word)
    }
}

async fn visit(address: SocketAddr, path: &str, cookie: Option<&str>, origin: Option<&str>) -> (Answer, Raw) {
    let mut request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    );
    for (name, value) in [("Cookie", cookie), ("Origin", origin)] {
        if let Some(value) = value {
            request += &format!("{name}: {value}\r\n");
        }
    }
    let mut raw = Raw::connect(address).await;
    raw.send(format!("{request}\r\n").as_bytes()).await;
    let (mut head, mut given) = (Vec::new(), None);
    for line in raw.head().await.lines() {
        let (name, value) = line.split_once(": ").unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "date" => {}
            "set-cookie" => {
                let (cookie, attributes) = value.split_once(';').expect("a cookie has attributes");
                head.push(format!("{} {attributes}", cookie.len()));
                given = Some(cookie.to_owned());
            }
            _ => head.push(line.to_owned()),
        }
    }
    let word = if head[0].contains(" 101 ") { word(&mut raw).await } else { String::new() };
    (Answer { head, cookie: given, word }, raw)
}

/// The next text of the server, past the pings that number its outputs.
async fn word(raw: &mut Raw) -> String {
    loop {
        let mut start = [0; 2];
        raw.0.read_exact(&mut start).await.expect("a frame");
        assert!(matches!(start, [0x81 | 0x89, 0..126]), "a short text, or a ping: {start:?}");
        let mut payload = vec![0; usize::from(start[1])];
        raw.0.read_exact(&mut payload).await.expect("a frame");
        if start[0] == 0x81 {
            return String::from_utf8(payload).expect("it is text");
        }
    }
}

async fn say(raw: &mut Raw, text: &str) -> String {
    raw.send(&Raw::frame(0x81, text.as_bytes())).await;
    word(raw).await
}

/// A diary that waits at its second question, and what its owner comes back with.
async fn begun(address: SocketAddr) -> (String, Raw) {
    let (answer, mut raw) = visit(address, "/", None, None).await;
    assert_eq!(answer.word, "Dear diary?");
    assert_eq!(say(&mut raw, "I have a secret.").await, "What else?");
    (answer.cookie.expect("it was given one"), raw)
}

/// Numbers that look random (xorshift).
struct Random(u64);

impl Random {
    fn text(&mut self, letters: &[u8], length: usize) -> String {
        let letter = |_| {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            char::from(letters[usize::try_from(self.0 % letters.len() as u64).expect("it is small")])
        };
        (0..length).map(letter).collect()
    }
}

const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The guess of this number, by somebody who knows everything of a token but its secret.
fn guess(token: &str, number: usize) -> String {
    let mut random = Random(number as u64 + 1);
    let (start, secret) = token.rsplit_once('.').expect("it has a secret");
    let (name, id) = start.rsplit_once('.').expect("it has a name");
    // The last letter of 43 stands for four bits.
    let other = random.text(BASE64URL, 42) + "A";
    match number % 8 {
        0..4 => format!("{start}.{other}"),
        4 => format!("{start}.{}{}", &other[..1 + number % 40], &secret[1 + number % 40..]),
        5 => format!("{name}.{}.{secret}", random.text(b"0123456789abcdef", id.len())),
        6 => format!("{start}.{}", &secret[..number % secret.len()]),
        _ => format!("{start}.{}", random.text(BASE64URL, number % 100)),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_guesses_are_answered_as_if_there_were_nothing_to_guess() {
    const GUESSES: usize = 10_000;
    const AT_ONCE: usize = 8;
    let (app, sessions, calls) = app(|sessions| sessions);
    let server = serve(app).await;
    let (token, mut owner) = begun(server.address).await;
    let stranger = visit(server.address, "/", None, None).await.0;
    let before = sessions.list(&Filter { question: Some("other".into()), ..Filter::default() }, None, 2).await;
    let before = before.expect("it is in memory");
    calls.lock().expect("nobody panics").clear();
    join_all((0..AT_ONCE).map(async |first| {
        for number in (first..GUESSES).step_by(AT_ONCE) {
            let guess = guess(&token, number);
            assert_ne!(guess, token);
            let (answer, _) = visit(server.address, "/", Some(&guess), None).await;
            assert_eq!(answer.looks(), stranger.looks(), "{guess}");
        }
    }))
    .await;
    let calls = std::mem::take(&mut *calls.lock().expect("nobody panics"));
    let called = |method| calls.get(method).copied().unwrap_or_default();
    // What looks like a token is looked for, once. Then it begins a conversation, as it does without one: that is created,
    // and looks once whether it is as it was and which events have come.
    let read = called("load") - called("events");
    let tokens = (0..GUESSES).filter(|number| number % 8 < 6).count();
    assert!((tokens..tokens + GUESSES / 50).contains(&read), "{calls:?}");
    assert_eq!((called("create"), called("commit"), called("find")), (GUESSES, 0, 0), "{calls:?}");
    let after = sessions.get(before[0].id).await.expect("it is in memory").expect("it is there");
    assert_eq!((before.len(), &before[0]), (1, &after), "nobody has touched it");
    assert_eq!(say(&mut owner, "Nobody knows.").await, "I have a secret. Nobody knows.");
}

#[tokio::test]
async fn a_token_that_is_not_good_any_more_is_as_good_as_none() {
    let (app, sessions, _) = app(|sessions| sessions);
    let server = serve(app).await;
    let address = server.address;
    let stranger = visit(address, "/", None, None).await.0;

    let (replayed, _first) = begun(address).await;
    let (answer, mut second) = visit(address, "/", Some(&replayed), None).await;
    assert_eq!(answer.word, "What else?");
    let current = answer.cookie.expect("it was given a new one");
    assert_eq!(say(&mut second, "Nothing.").await, "I have a secret. Nothing.");
    assert_eq!(visit(address, "/", Some(&replayed), None).await.0.looks(), stranger.looks(), "replayed");
    // It has ended, and its last words wait for who has the new one.
    assert_eq!(visit(address, "/", Some(&current), None).await.0.word, "I have a secret. Nothing.");

    let (gone, _raw) = begun(address).await;
    let id = gone.split('.').nth(1).expect("it has a name").parse().expect("it is one");
    assert!(sessions.end(id).await.expect("it is in memory"));
    assert_eq!(visit(address, "/", Some(&gone), None).await.0.looks(), stranger.looks(), "of one that is gone");
}

#[tokio::test]
async fn a_token_is_good_for_its_own_conversation_alone() {
    let (app, ..) = app(|sessions| sessions);
    let server = serve(app).await;
    let stranger = visit(server.address, "/calendar", None, None).await.0;
    let (token, mut owner) = begun(server.address).await;
    for token in [&token, &token.replace("converse-Diary", "converse-Calendar")] {
        let (answer, _) = visit(server.address, "/calendar", Some(token), None).await;
        assert_eq!(answer.looks(), stranger.looks(), "{token}");
    }
    assert_eq!(say(&mut owner, "Mine.").await, "I have a secret. Mine.");
}

#[tokio::test]
async fn a_token_has_expired_when_its_conversation_has() {
    // At once, and so before anybody has cleaned.
    let (app, sessions, _) = app(|sessions| sessions.idle_for(Duration::ZERO));
    let server = serve(app).await;
    let stranger = visit(server.address, "/", None, None).await.0;
    let (token, raw) = begun(server.address).await;
    drop(raw);
    assert_eq!(visit(server.address, "/", Some(&token), None).await.0.looks(), stranger.looks());
    let id = token.split('.').nth(1).expect("it has a name").parse().expect("it is one");
    assert!(sessions.get(id).await.expect("it is in memory").is_some(), "it is there still");
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_whether_or_not_it_has_guessed_right() {
    let (app, _, calls) = app(|sessions| sessions);
    let server = serve(app).await;
    let (token, mut owner) = begun(server.address).await;
    calls.lock().expect("nobody panics").clear();
    let evil = Some("https://evil.org");
    let right = visit(server.address, "/", Some(&token), evil).await.0;
    assert!(right.head[0].contains(" 403 ") && right.cookie.is_none(), "{right:?}");
    for number in 0..4 {
        assert_eq!(visit(server.address, "/", Some(&guess(&token, number)), evil).await.0, right);
    }
    assert_eq!(calls.lock().expect("nobody panics").get("load"), None, "nobody is asked");
    assert_eq!(say(&mut owner, "Mine.").await, "I have a secret. Mine.");
}
