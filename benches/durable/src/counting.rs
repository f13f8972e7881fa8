//! A store that counts what is written.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use converse::store::{
    Answer, Arrivals, Count, EventId, Filter, Id, Mark, Pushed, Record, Store, StoredEvent, Summary, Time,
};

#[derive(Debug)]
pub(crate) struct Counting<S> {
    store: S,
    pub(crate) writes: Arc<AtomicUsize>,
    /// Of the body that was written last.
    pub(crate) size: Arc<AtomicUsize>,
}

impl<S> Counting<S> {
    pub(crate) fn new(store: S) -> Self {
        Counting { store, writes: Arc::default(), size: Arc::default() }
    }

    fn count(&self, record: &Record) {
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.size.store(record.body.len(), Ordering::Relaxed);
    }
}

impl<S: Store> Store for Counting<S> {
    fn create<'a>(&'a self, record: &'a Record) -> Answer<'a, ()> {
        self.count(record);
        self.store.create(record)
    }

    fn load(&self, id: Id) -> Answer<'_, Option<Record>> {
        self.store.load(id)
    }

    fn find<'a>(&'a self, flow: &'a str, key: &'a str) -> Answer<'a, Option<Record>> {
        self.store.find(flow, key)
    }

    fn commit<'a>(&'a self, record: &'a Record, consumed: &'a [EventId]) -> Answer<'a, ()> {
        self.count(record);
        self.store.commit(record, consumed)
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
