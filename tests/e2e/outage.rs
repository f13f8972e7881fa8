//! A store that cannot be reached for a while, and one that does not say what became of a write.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use converse::store::Memory;
use converse::{Sessions, prelude::*};
use converse_conformance::{Fate, Faulty};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::support::Browser;

/// What the store is to do.
#[derive(Debug, Default)]
struct Mood {
    away: AtomicBool,
    /// Says nothing of how every other write ended, half of which it has done.
    vague: AtomicBool,
    writes: AtomicUsize,
    /// A write has failed.
    failed: Notify,
}

impl Mood {
    fn fate(&self, method: &str) -> Fate {
        let writes = matches!(method, "create" | "commit" | "delete");
        if self.away.load(Ordering::Relaxed) {
            if writes {
                self.failed.notify_one();
            }
            return Fate::Unavailable;
        }
        if !writes || !self.vague.load(Ordering::Relaxed) {
            return Fate::Answered;
        }
        match self.writes.fetch_add(1, Ordering::Relaxed) % 4 {
            1 => Fate::Lost { done: true },
            3 => Fate::Lost { done: false },
            _ => Fate::Answered,
        }
    }
}

conversation! {
    /// Adds up.
    Sum {
        let mut sum: u32 = 0;
        while sum < 10 {
            let number: u32 = ask "{sum}";
            sum += number;
        }
        say "{sum}";
    }
}

#[ws_route("/sum")]
async fn sum() -> Sum {
    Sum
}

fn app(mood: &Arc<Mood>) -> Router {
    let mood = Arc::clone(mood);
    let store = Faulty::new(Memory::default(), move |method| mood.fate(method));
    routes![sum].layer(Sessions::new(store).patience(Duration::from_secs(20)))
}

#[tokio::test(start_paused = true)]
async fn a_turn_waits_for_a_store_that_comes_back() {
    let mood = Arc::new(Mood::default());
    let mut client = Browser::new(&app(&mood), "/sum").connect().await;
    assert_eq!(client.text().await, "0");
    mood.away.store(true, Ordering::Relaxed);
    client.send("4").await;
    client.send("3").await; // It is read when its turn comes.
    for _ in 0..5 {
        mood.failed.notified().await;
    }
    mood.away.store(false, Ordering::Relaxed);
    for expected in ["4", "7"] {
        assert_eq!(client.text().await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn the_client_is_sent_away_by_a_store_that_stays_away() {
    let mood = Arc::new(Mood::default());
    let mut browser = Browser::new(&app(&mood), "/sum");
    let mut client = browser.connect().await;
    assert_eq!(client.text().await, "0");
    client.send("4").await;
    assert_eq!(client.text().await, "4");
    mood.away.store(true, Ordering::Relaxed);
    let began = Instant::now();
    client.send("5").await;
    assert_eq!(client.closed().await, (1013, "try again later".to_owned()));
    assert!((15..=20).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    assert_eq!(browser.connect_from(None).await.err().map(|status| status.as_u16()), Some(503));
    mood.away.store(false, Ordering::Relaxed);
    // What was not acknowledged did not happen.
    let mut client = browser.connect().await;
    assert_eq!(client.text().await, "4");
    client.send("6").await;
    assert_eq!(client.text().await, "10");
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_outcome_is_unknown_counts_once() {
    let mood = Arc::new(Mood::default());
    mood.vague.store(true, Ordering::Relaxed);
    let mut client = Browser::new(&app(&mood), "/sum").connect().await;
    for expected in 0..10 {
        assert_eq!(client.text().await, expected.to_string());
        client.send("1").await;
    }
    assert_eq!(client.text().await, "10");
    assert!(mood.writes.load(Ordering::Relaxed) > 11, "some were tried again");
}
