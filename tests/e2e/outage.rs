//! A store that cannot be reached for a while, and one that does not say what became of a write.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use converse::store::{
    Answer, Arrivals, Count, EventId, Filter, Id, Mark, Memory, Pushed, Record, Store, StoreError, StoredEvent,
    Summary, Time,
};
use converse::{Sessions, prelude::*};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::support::Browser;

/// A store that fails when it is told to.
#[derive(Clone, Debug, Default)]
struct Moody {
    memory: Memory,
    mood: Arc<Mood>,
}

#[derive(Debug, Default)]
struct Mood {
    away: AtomicBool,
    /// Says nothing of how every other write ended, half of which it has done.
    vague: AtomicBool,
    writes: AtomicUsize,
    /// A write has failed.
    failed: Notify,
}

fn unavailable() -> StoreError {
    StoreError::Unavailable("this outage is part of the test".into())
}

impl Moody {
    fn ask<'a, T: Send + 'a>(&'a self, answer: Answer<'a, T>) -> Answer<'a, T> {
        match self.mood.away.load(Ordering::Relaxed) {
            true => Box::pin(async { Err(unavailable()) }),
            false => answer,
        }
    }

    fn write<'a>(&'a self, write: Answer<'a, ()>) -> Answer<'a, ()> {
        if self.mood.away.load(Ordering::Relaxed) {
            self.mood.failed.notify_one();
            return Box::pin(async { Err(unavailable()) });
        }
        if !self.mood.vague.load(Ordering::Relaxed) {
            return write;
        }
        let number = self.mood.writes.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            if number % 4 != 3 {
                write.await?;
            }
            match number % 2 {
                0 => Ok(()),
                _ => Err(StoreError::Unknown("this silence is part of the test".into())),
            }
        })
    }
}

impl Store for Moody {
    fn create<'a>(&'a self, record: &'a Record) -> Answer<'a, ()> {
        self.write(self.memory.create(record))
    }

    fn load(&self, id: Id) -> Answer<'_, Option<Record>> {
        self.ask(self.memory.load(id))
    }

    fn find<'a>(&'a self, flow: &'a str, key: &'a str) -> Answer<'a, Option<Record>> {
        self.ask(self.memory.find(flow, key))
    }

    fn commit<'a>(&'a self, record: &'a Record, consumed: &'a [EventId]) -> Answer<'a, ()> {
        self.write(self.memory.commit(record, consumed))
    }

    fn delete(&self, id: Id, version: u64) -> Answer<'_, ()> {
        self.write(self.memory.delete(id, version))
    }

    fn push<'a>(&'a self, id: Id, event: &'a StoredEvent) -> Answer<'a, Pushed> {
        self.ask(self.memory.push(id, event))
    }

    fn events(&self, id: Id, most: usize) -> Answer<'_, Vec<StoredEvent>> {
        self.ask(self.memory.events(id, most))
    }

    fn claim_due(&self, now: Time, lease: Duration, most: usize) -> Answer<'_, Vec<Id>> {
        self.ask(self.memory.claim_due(now, lease, most))
    }

    fn mark(&self) -> Answer<'_, Mark> {
        self.ask(self.memory.mark())
    }

    fn arrivals(&self, after: Mark) -> Answer<'_, Arrivals> {
        self.ask(self.memory.arrivals(after))
    }

    fn list<'a>(&'a self, filter: &'a Filter, after: Option<Id>, most: usize) -> Answer<'a, Vec<Summary>> {
        self.ask(self.memory.list(filter, after, most))
    }

    fn histogram(&self) -> Answer<'_, Vec<Count>> {
        self.ask(self.memory.histogram())
    }

    fn clean(&self, now: Time, most: usize) -> Answer<'_, u64> {
        self.ask(self.memory.clean(now, most))
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

fn app(store: &Moody) -> Router {
    routes![sum].layer(Sessions::new(store.clone()).patience(Duration::from_secs(20)))
}

#[tokio::test(start_paused = true)]
async fn a_turn_waits_for_a_store_that_comes_back() {
    let store = Moody::default();
    let mut client = Browser::new(&app(&store), "/sum").connect().await;
    assert_eq!(client.text().await, "0");
    store.mood.away.store(true, Ordering::Relaxed);
    client.send("4").await;
    client.send("3").await; // It is read when its turn comes.
    for _ in 0..5 {
        store.mood.failed.notified().await;
    }
    store.mood.away.store(false, Ordering::Relaxed);
    for expected in ["4", "7"] {
        assert_eq!(client.text().await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn the_client_is_sent_away_by_a_store_that_stays_away() {
    let store = Moody::default();
    let mut browser = Browser::new(&app(&store), "/sum");
    let mut client = browser.connect().await;
    assert_eq!(client.text().await, "0");
    client.send("4").await;
    assert_eq!(client.text().await, "4");
    store.mood.away.store(true, Ordering::Relaxed);
    let began = Instant::now();
    client.send("5").await;
    assert_eq!(client.closed().await, (1013, "try again later".to_owned()));
    assert!((15..=20).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    assert_eq!(browser.connect_from(None).await.err().map(|status| status.as_u16()), Some(503));
    store.mood.away.store(false, Ordering::Relaxed);
    // What was not acknowledged did not happen.
    let mut client = browser.connect().await;
    assert_eq!(client.text().await, "4");
    client.send("6").await;
    assert_eq!(client.text().await, "10");
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_outcome_is_unknown_counts_once() {
    let store = Moody::default();
    store.mood.vague.store(true, Ordering::Relaxed);
    let mut client = Browser::new(&app(&store), "/sum").connect().await;
    for expected in 0..10 {
        assert_eq!(client.text().await, expected.to_string());
        client.send("1").await;
    }
    assert_eq!(client.text().await, "10");
    assert!(store.mood.writes.load(Ordering::Relaxed) > 11, "some were tried again");
}
