//! Two servers with one store.

use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::http::StatusCode;

use crate::client::{Client, Heard};
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
