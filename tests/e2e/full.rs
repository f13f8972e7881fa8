//! A store in memory that is full: who begins is turned away, and who is there goes on.

use std::time::Duration;

use axum::Router;
use converse::store::{Bounds, Memory, StoreError};
use converse::{Held, Sessions, prelude::*};
use tokio::io::DuplexStream;
use tokio::time::Instant;

use crate::support::{Browser, Client, Log, hear, talk};

conversation! {
    /// Keeps whatever it is told, until it has been told enough.
    Attic {
        let mut all: Vec<String> = Vec::new();
        loop {
            let next: String = ask "{}", all.len();
            if next.is_empty() {
                return;
            }
            all.push(next);
        }
    }
}

#[ws_route("/attic")]
async fn attic() -> Attic {
    Attic
}

#[ws_route("/attics/{owner}")]
async fn owned(owner: u32) -> Held<Attic> {
    Attic.keyed(owner)
}

/// How much the store holds, and how much a client says.
const TOTAL: usize = 256 * 1024;
const MUCH: usize = 16 * 1024;

fn app() -> (Router, Sessions) {
    let sessions = Sessions::new(Memory::new(Bounds::default().max_total(TOTAL))).patience(Duration::from_secs(20));
    (routes![attic, owned].layer(sessions.clone()), sessions)
}

/// Strangers who begin, say much and go, until one of them is turned away; how many were not.
async fn flood(app: &Router) -> usize {
    for number in 0..1000 {
        let mut client = Browser::new(app, "/attic").connect().await;
        match client.next().await {
            Some(message) if message.is_text() => talk(&mut client, &"x".repeat(MUCH), &["1"]).await,
            _ => return number,
        }
    }
    panic!("nobody was turned away");
}

async fn begin(app: &Router) -> Client<DuplexStream> {
    let mut client = Browser::new(app, "/attic").connect().await;
    hear(&mut client, &["0"]).await;
    client
}

#[tokio::test(start_paused = true)]
async fn who_begins_is_turned_away_and_who_is_there_goes_on() {
    let ((app, sessions), log) = (app(), Log::here());
    let mut there = Browser::new(&app, "/attic");
    let mut client = there.connect().await;
    hear(&mut client, &["0"]).await;
    let began = flood(&app).await;
    assert!((8..=14).contains(&began), "{began} have begun");

    // At once, and not when the store has had time to answer; with or without a key.
    let since = Instant::now();
    for path in ["/attic", "/attics/1"].repeat(20) {
        let mut late = Browser::new(&app, path).connect().await;
        assert_eq!(late.closed().await, (1013, "try again later".to_owned()));
    }
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    let begun = sessions.begin(Attic.keyed(1), ()).await;
    assert!(matches!(begun, Err(StoreError::Unavailable(_))), "{begun:?}");

    talk(&mut client, "something", &["1"]).await;
    drop(client);
    let mut client = there.connect().await;
    hear(&mut client, &["1"]).await;
    talk(&mut client, "more", &["2"]).await;
    let lines = log.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].starts_with("WARN a store in memory is full") && lines[0].contains("max_total=262144"),
        "{lines:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn nobody_takes_more_than_there_is_and_what_ends_makes_room() {
    let (app, _) = app();
    let mut clients = vec![begin(&app).await];
    clients.push(begin(&app).await);
    flood(&app).await;
    // Who is there fills the rest, and has no more then.
    let mut grown = 0;
    let closed = loop {
        let [client, _] = &mut clients[..] else { panic!("there are two") };
        client.send("x".repeat(MUCH)).await;
        match client.next().await {
            Some(message) if message.is_text() => grown += 1,
            other => break other,
        }
    };
    assert!((1..=6).contains(&grown), "{grown}");
    assert!(format!("{closed:?}").contains("try again later"), "{closed:?}");
    // An end takes no room, and gives back what there was.
    let mut client = clients.pop().expect("there are two");
    client.send("").await;
    assert_eq!(client.closed().await.0, 1000);
}
