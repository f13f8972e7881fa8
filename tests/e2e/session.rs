//! A conversation over a socket, written by hand as the macro writes it.

use std::convert::Infallible;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use converse::flow::Flow;
use converse::{Clock, Close, Conversation, Input, Slot, Talk, Upgrade};
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Client, connect};

/// Does what it is told, one word a question.
struct Obey;

impl Conversation for Obey {
    type Output = ();
    type State = ();
    type With = ();
    type Event = converse::Never;
    const BACK: bool = false;
    const FLOW: Flow = Flow { name: "Obey", file: file!(), questions: &[], edges: &[], older: &[] };

    fn question((): &()) -> usize {
        0
    }

    async fn turn(slot: &mut Slot<Self>, _: &(), talk: &mut Talk<'_>) -> Poll<()> {
        let word = match (slot.take(), talk.input()) {
            (Slot::Start(Obey), _) => "welcome".to_owned(),
            (_, Input::Silence) => "silence".to_owned(),
            (_, Input::Reply(message)) => message.to_string(),
            (_, other) => unreachable!("nobody sends {other:?}"),
        };
        talk.say(word.as_str());
        talk.wait(Clock::Unlimited);
        match word.as_str() {
            "end" => return Poll::Ready(()),
            "panic" => panic!("this panic is part of the test"),
            "close" => talk.close_on_silence(),
            "mute" => talk.say(converse::Json(Mute)),
            "sleep" => sleep(Duration::from_secs(100)).await,
            "wait" => talk.wait(Clock::Within(Duration::from_secs(30))),
            "go on" => talk.wait(Clock::Unchanged),
            _ => {}
        }
        if word == "sleep" {
            talk.say("awake");
        }
        *slot = Slot::Waiting(());
        Poll::Pending
    }
}

/// What cannot be written.
struct Mute;

impl serde::Serialize for Mute {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("mute"))
    }
}

async fn talk() -> Client<tokio::io::DuplexStream> {
    let route = any(async |upgrade: Upgrade| Ok::<_, Infallible>(upgrade.converse::<Obey>(Obey).await));
    let mut client = connect(Router::new().route("/", route)).await;
    assert_eq!(client.text().await, "welcome");
    client
}

/// Says `word` and hears it back.
async fn say(client: &mut Client<tokio::io::DuplexStream>, word: &str) {
    client.send(word).await;
    assert_eq!(client.text().await, word);
}

#[tokio::test]
async fn a_conversation_ends_with_its_words_and_1000() {
    let mut client = talk().await;
    say(&mut client, "hello").await;
    client.send(Message::binary(vec![1, 2])).await;
    assert_eq!(client.text().await, "<2 bytes>");
    say(&mut client, "end").await;
    assert_eq!(client.closed().await, (1000, String::new()));
}

#[tokio::test]
async fn a_conversation_closes_as_it_says() {
    let mut client = talk().await;
    say(&mut client, "close").await;
    assert_eq!(client.closed().await.0, Close::SILENCE);
}

#[tokio::test]
async fn a_panic_and_words_that_cannot_be_written_are_1011_and_nothing_of_the_turn_is_said() {
    for word in ["panic", "mute"] {
        let mut client = talk().await;
        client.send(word).await;
        assert_eq!(client.closed().await.0, 1011, "{word}");
    }
}

#[tokio::test]
async fn a_message_too_big_is_1009() {
    let mut client = talk().await;
    client.send("x".repeat(65_537)).await;
    assert_eq!(client.closed().await.0, 1009);
}

#[tokio::test(start_paused = true)]
async fn what_is_said_before_an_await_leaves_before_it() {
    let mut client = talk().await;
    let before = Instant::now();
    say(&mut client, "sleep").await;
    assert_eq!(before.elapsed().as_secs(), 0);
    // Meanwhile the socket is alive, and what is typed ahead waits its turn.
    client.send(Message::Ping("there?".into())).await;
    assert_eq!(client.next().await, Some(Message::Pong("there?".into())));
    client.send("ahead").await;
    assert_eq!(before.elapsed().as_secs(), 0);
    assert_eq!(client.text().await, "awake");
    assert_eq!(client.text().await, "ahead");
    assert_eq!(before.elapsed().as_secs(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_question_waits_as_long_as_it_says() {
    let mut client = talk().await;
    let before = Instant::now();
    say(&mut client, "wait").await;
    assert_eq!(client.text().await, "silence");
    assert_eq!(before.elapsed().as_secs(), 30);

    say(&mut client, "wait").await;
    sleep(Duration::from_secs(10)).await;
    say(&mut client, "go on").await; // The clock runs on.
    assert_eq!(client.text().await, "silence");
    assert_eq!(before.elapsed().as_secs(), 60);

    say(&mut client, "wait").await;
    say(&mut client, "for ever").await; // The clock is taken away.
    let silence = tokio::time::timeout(Duration::from_secs(3600), client.text());
    assert!(silence.await.is_err());
}
