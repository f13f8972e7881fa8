//! A store whose answers get lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use converse::store::{
    Answer, Arrivals, Count, EventId, Filter, Id, Mark, Pushed, Record, Store, StoreError, StoredEvent, Summary, Time,
};

/// Loses what is said of the first writes: whether they were done is anybody's guess.
#[derive(Debug)]
pub(crate) struct Faulty {
    store: Arc<dyn Store>,
    /// Whether the next writes, whose answers are lost, are done: in this order.
    done: Vec<bool>,
    writes: AtomicUsize,
}

impl Faulty {
    pub(crate) fn new(store: Arc<dyn Store>, done: &[bool]) -> Self {
        Faulty { store, done: done.to_vec(), writes: AtomicUsize::new(0) }
    }

    fn lose<'a>(&'a self, write: Answer<'a, ()>) -> Answer<'a, ()> {
        let fate = self.done.get(self.writes.fetch_add(1, SeqCst)).copied();
        Box::pin(async move {
            if fate != Some(false) {
                write.await?;
            }
            if fate.is_some() { Err(StoreError::Unknown("the answer is lost".into())) } else { Ok(()) }
        })
    }
}

impl Store for Faulty {
    fn create<'a>(&'a self, record: &'a Record) -> Answer<'a, ()> {
        self.lose(self.store.create(record))
    }

    fn commit<'a>(&'a self, record: &'a Record, consumed: &'a [EventId]) -> Answer<'a, ()> {
        self.lose(self.store.commit(record, consumed))
    }

    fn load(&self, id: Id) -> Answer<'_, Option<Record>> {
        self.store.load(id)
    }

    fn find<'a>(&'a self, flow: &'a str, key: &'a str) -> Answer<'a, Option<Record>> {
        self.store.find(flow, key)
    }

    fn delete(&self, id: Id, version: u64) -> Answer<'_, ()> {
        self.store.delete(id, version)
    }

    fn push<'a>(&'a self, id: Id, event: &'a StoredEvent) -> Answer<'a, Pushed> {
        self.store.push(id, event)
    }

    fn events(&self, id: Id, most: usize) -> Answer<'_, Vec<StoredEvent>> {
        self.store.events(id, most)
    }

    fn claim_due(&self, now: Time, lease: Duration, most: usize) -> Answer<'_, Vec<Id>> {
        self.store.claim_due(now, lease, most)
    }

    fn mark(&self) -> Answer<'_, Mark> {
        self.store.mark()
    }

    fn arrivals(&self, after: Mark) -> Answer<'_, Arrivals> {
        self.store.arrivals(after)
    }

    fn list<'a>(&'a self, filter: &'a Filter, after: Option<Id>, most: usize) -> Answer<'a, Vec<Summary>> {
        self.store.list(filter, after, most)
    }

    fn histogram(&self) -> Answer<'_, Vec<Count>> {
        self.store.histogram()
    }

    fn clean(&self, now: Time, most: usize) -> Answer<'_, u64> {
        self.store.clean(now, most)
    }
}
