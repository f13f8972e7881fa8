//! Two servers with one store.

use std::ffi::OsStr;

use converse::store::{Filter, Status, Store};
use converse_sqlite::Sqlite;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::client::{Client, Heard};
use crate::points::DEEDS;
use crate::server::Process;

/// A server that is stopped half-way, loses its conversation to another, and goes on, has nothing to say.
#[tokio::test]
async fn who_was_replaced_while_it_was_paused_says_nothing_more() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let store = folder.path().join("conversations.db");
    let (first, second) = (Process::start(&store).await, Process::start(&store).await);
    for round in 0..10 {
        let mut client = Client::new();
        let mut old = client.connect(first.address).await.expect("it serves");
        for _ in 0..=round {
            client.hear(&mut old).await.expect("it serves");
            client.say(&mut old).await.expect("it serves");
        }
        assert_eq!(client.hear(&mut old).await.expect("it serves"), Heard::Numbers(round + 1));
        let mut new = loop {
            first.pause();
            match client.connect(second.address).await {
                Ok(new) => break new,
                // It was paused in the midst of a write, and with it everybody who writes to the file.
                Err(Error::Http(response)) if response.status() == StatusCode::SERVICE_UNAVAILABLE => first.resume(),
                Err(error) => panic!("{error}"),
            }
        };
        let mut lost = client.clone();
        lost.say(&mut old).await.expect("it is the system that takes it");
        assert_eq!(client.hear(&mut new).await.expect("it serves"), Heard::Numbers(round + 1));
        client.say(&mut new).await.expect("it serves");
        assert_eq!(client.hear(&mut new).await.expect("it serves"), Heard::Numbers(round + 2));
        first.resume();
        assert_eq!(lost.hear(&mut old).await.expect("it serves again"), Heard::Closed(4409));
        client.say(&mut new).await.expect("it serves");
        assert_eq!(client.hear(&mut new).await.expect("it serves"), Heard::Numbers(round + 3));
    }
}

/// A server that is too slow to hear an event finds that another has done so, and goes on from there with its client.
#[tokio::test]
async fn who_was_paused_catches_up_with_what_another_has_done() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let (store, deeds) = (folder.path().join("conversations.db"), folder.path().join("deeds"));
    let environment: &[(&str, &OsStr)] = &[(DEEDS, deeds.as_ref())];
    let first = Process::start_with(&store, environment).await;
    let second = Process::start_with(&store, environment).await;
    let mut socket = Client::at("/everything").open(first.address).await.expect("it serves");
    for (question, answer) in [("Name?", "Ada"), ("Receipt 7 for Ada.", ""), ("Sure?", "true")] {
        assert_eq!(text(&mut socket).await, question);
        if !answer.is_empty() {
            socket.send(answer.into()).await.expect("it serves");
        }
    }
    let looks = Sqlite::open(&store).expect("the file can be opened");
    stands_at(&looks, "paid").await;
    first.pause();
    let mut till = Client::at("/pay").open(second.address).await.expect("it serves");
    stands_at(&looks, "number").await;
    till.close(None).await.expect("it serves");
    first.resume();
    loop {
        match &*text(&mut socket).await {
            "Still there?" | "Hurry." => {}
            question => break assert_eq!(question, "250 paid, true. Number?"),
        }
    }
    socket.send("2".into()).await.expect("it serves");
    while text(&mut socket).await != "Ada 7 true 250 2" {}
}

/// Waits until the only conversation waits at this question.
async fn stands_at(store: &Sqlite, question: &str) {
    let live = Filter { status: Some(Status::Live), ..Filter::default() };
    while store.list(&live, None, 1).await.expect("it can be read")[0].question != question {
        tokio::task::yield_now().await;
    }
}

async fn text(socket: &mut WebSocketStream<TcpStream>) -> String {
    loop {
        match socket.next().await.expect("it goes on").expect("it goes on") {
            Message::Text(text) => return text.to_string(),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("expected text, not {other:?}"),
        }
    }
}

/// Clients that go back and forth between two servers find everything at both.
#[tokio::test]
async fn clients_hop_between_two_servers() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let store = folder.path().join("conversations.db");
    let servers = [Process::start(&store).await, Process::start(&store).await];
    let mut dialogues = tokio::task::JoinSet::new();
    for first in 0..50usize {
        let addresses = [servers[first % 2].address, servers[(first + 1) % 2].address];
        dialogues.spawn(async move {
            let mut client = Client::new();
            let mut sockets = Vec::new();
            for address in addresses.into_iter().cycle() {
                // The one before stays open.
                let mut socket = client.connect(address).await.expect("it serves");
                let Heard::Numbers(_) = client.hear(&mut socket).await.expect("it serves") else { panic!("closed") };
                client.say(&mut socket).await.expect("it serves");
                let Heard::Numbers(_) = client.hear(&mut socket).await.expect("it serves") else { panic!("closed") };
                if client.is_done() {
                    assert_eq!(client.hear(&mut socket).await.expect("it serves"), Heard::Closed(1000));
                    return;
                }
                sockets.push(socket);
            }
        });
    }
    dialogues.join_all().await;
}
