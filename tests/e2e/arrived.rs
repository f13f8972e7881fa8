//! What is known to have arrived is not said again.

use axum::Router;
use axum::routing::any;
use converse::prelude::*;
use converse::store::{Memory, Store};
use converse::{Held, Sessions, Upgrade};
use tokio::io::DuplexStream;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Browser, Client, connect, hear, talk};

conversation! {
    /// Takes its time over an age.
    Introduction hears u32 {
        say "Hello!";
        let name: String = ask "What is your name?" on _ => { say "Still there?"; wait };
        let age: u8 = ask "And your age?" else "Please, insert a valid number";
        say "You're {name}, and you are {age} old.";
    }
}

#[ws_route("/introduce/{who}")]
async fn introduce(who: u32) -> Held<Introduction> {
    Introduction.keyed(who)
}

/// A visitor who comes back, to a store that can be looked into.
struct Visitor {
    store: Memory,
    sessions: Sessions,
    browser: Browser,
}

impl Visitor {
    fn new(set: impl FnOnce(Sessions) -> Sessions) -> Self {
        let store = Memory::default();
        let sessions = set(Sessions::new(store.clone()));
        let browser = Browser::new(&routes![introduce].layer(sessions.clone()), "/introduce/7");
        Visitor { store, sessions, browser }
    }

    /// Another process, which knows only what is stored.
    fn restart(&mut self) {
        self.sessions = Sessions::new(self.store.clone());
        self.browser.app = routes![introduce].layer(self.sessions.clone());
    }

    async fn come(&mut self, words: &[&str]) -> Client<DuplexStream> {
        let mut client = self.browser.connect().await;
        hear(&mut client, words).await;
        client
    }

    async fn versions(&self) -> u64 {
        let record = self.store.find("Introduction", "7").await.expect("it is in memory");
        record.expect("it has begun").version
    }
}

/// Reads the ping, and so answers it, with the number of the last output.
async fn pinged(client: &mut Client<DuplexStream>) -> u64 {
    match client.next().await {
        Some(Message::Ping(payload)) => u64::from_be_bytes(payload.as_ref().try_into().expect("it is a number")),
        other => panic!("expected a ping, not {other:?}"),
    }
}

/// Has the server read all that was sent: it answers in order.
async fn settled(client: &mut Client<DuplexStream>) {
    client.send(Message::Ping("read?".into())).await;
    assert_eq!(client.next().await, Some(Message::Pong("read?".into())));
}

#[tokio::test]
async fn what_came_before_the_question_is_said_once() {
    let mut visitor = Visitor::new(|sessions| sessions);
    let mut client = visitor.come(&["Hello!", "What is your name?"]).await;
    assert_eq!(pinged(&mut client).await, 2);
    settled(&mut client).await;
    let written = visitor.versions().await;
    drop(client);
    let mut client = visitor.come(&["What is your name?"]).await;
    assert_eq!(visitor.versions().await, written + 1, "the return is the only write");
    // Nobody asks whether a question has arrived, which is said again in any case.
    talk(&mut client, "Ada", &["And your age?"]).await;
    talk(&mut client, "old", &["Please, insert a valid number", "And your age?"]).await;
    assert_eq!(pinged(&mut client).await, 5);
    settled(&mut client).await;
    drop(client);
    drop(visitor.come(&["And your age?"]).await);
    visitor.restart();
    let mut client = visitor.come(&["And your age?"]).await;
    talk(&mut client, "36", &["You're Ada, and you are 36 old."]).await;
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test(start_paused = true)] // However busy the machine is, it does so at once.
async fn who_answers_at_once_is_not_asked() {
    let mut visitor = Visitor::new(|sessions| sessions);
    let mut client = visitor.come(&["Hello!", "What is your name?"]).await;
    for (said, answers) in
        [("Ada", &["And your age?"][..]), ("old", &["Please, insert a valid number", "And your age?"])]
    {
        client.send(Message::text(said)).await;
        for answer in answers {
            assert_eq!(client.next().await, Some(Message::text(*answer)));
        }
    }
    settled(&mut client).await;
    drop(client);
    drop(visitor.come(&["Please, insert a valid number", "And your age?"]).await);
}

#[tokio::test]
async fn what_has_not_arrived_is_said_again() {
    let mut visitor = Visitor::new(|sessions| sessions);
    for _ in 0..3 {
        drop(visitor.come(&["Hello!", "What is your name?"]).await); // It does not read the ping.
    }
    let mut client = visitor.come(&["Hello!", "What is your name?"]).await;
    pinged(&mut client).await;
    settled(&mut client).await;
    // Only that process knows.
    visitor.restart();
    drop(visitor.come(&["Hello!", "What is your name?"]).await);
}

#[tokio::test]
async fn a_question_is_said_again_though_something_was_said_since() {
    let mut visitor = Visitor::new(|sessions| sessions);
    let mut client = visitor.come(&["Hello!", "What is your name?"]).await;
    pinged(&mut client).await;
    settled(&mut client).await;
    let found = visitor.sessions.find::<Introduction>(7).await.expect("it is in memory").expect("it is there");
    visitor.sessions.send::<Introduction>(found.id, "one", &1).await.expect("it is in memory");
    hear(&mut client, &["Still there?"]).await;
    // The write of that turn has left out what had arrived by then.
    visitor.restart();
    let mut client = visitor.come(&["What is your name?", "Still there?"]).await;
    pinged(&mut client).await;
    settled(&mut client).await;
    drop(client);
    drop(visitor.come(&["What is your name?"]).await);
}

#[tokio::test]
async fn a_number_that_was_not_sent_does_not_count() {
    let mut visitor = Visitor::new(|sessions| sessions);
    let mut client = visitor.come(&["Hello!", "What is your name?"]).await;
    pinged(&mut client).await;
    for payload in [&b""[..], b"5", b"garbage!!", &5_u64.to_be_bytes(), &u64::MAX.to_be_bytes(), &[0; 125]] {
        client.send(Message::Pong(payload.to_vec().into())).await;
    }
    talk(&mut client, "Ada", &["And your age?"]).await;
    settled(&mut client).await;
    talk(&mut client, "old", &["Please, insert a valid number", "And your age?"]).await;
    drop(client);
    drop(visitor.come(&["Please, insert a valid number", "And your age?"]).await);
}

#[tokio::test]
async fn without_a_store_nothing_is_numbered() {
    let app = Router::new().fallback(any(async |upgrade: Upgrade| upgrade.converse(Introduction).await));
    let mut client = connect(app).await;
    hear(&mut client, &["Hello!", "What is your name?"]).await;
    settled(&mut client).await;
}

#[tokio::test]
async fn a_pong_that_is_not_trusted_is_not_asked_for() {
    let mut visitor = Visitor::new(|sessions| sessions.trust_pongs(false));
    let mut client = visitor.come(&["Hello!", "What is your name?"]).await;
    client.send(Message::Pong(2_u64.to_be_bytes().to_vec().into())).await;
    settled(&mut client).await; // Nothing else came.
    drop(client);
    drop(visitor.come(&["Hello!", "What is your name?"]).await);
}
