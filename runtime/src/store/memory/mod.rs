//! A store that forgets with the process.

mod dates;
mod entry;
mod keys;
mod names;
mod places;
mod rest;
mod room;
mod shelf;
mod slab;
mod stamp;
mod wakes;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

pub(super) use self::room::Full;
use self::shelf::Shelf;
use super::{
    Answer, Arrivals, Bounds, Count, EventId, Filter, Id, Mark, Pushed, Record, Store, StoredEvent, Summary, Time,
};

/// Keeps conversations in memory: they outlive their connections, not the process. A clone is another handle on the same
/// ones.
///
/// ```
/// use converse::store::{Id, Memory, Record, Schema, Store, StoreError};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let store = Memory::default();
/// let record = Record::new(Id::random(), "checkout", "age", Schema::from_bytes([0; 16]));
/// store.create(&record).await?;
/// assert_eq!(store.clone().load(record.id).await?, Some(record));
/// # Ok::<(), StoreError>(()) }).unwrap();
/// ```
#[derive(Clone, Default)]
pub struct Memory(Arc<Shared>);

#[derive(Default)]
struct Shared {
    bounds: Bounds,
    shelf: Mutex<Shelf>,
    pushed: Notify,
}

impl Memory {
    /// An empty one that takes so much.
    pub fn new(bounds: Bounds) -> Self {
        Memory(Arc::new(Shared { bounds, ..Shared::default() }))
    }

    fn with<R>(&self, work: impl FnOnce(&mut Shelf) -> R) -> R {
        // Nothing panics half-way through a change.
        work(&mut self.0.shelf.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("bounds", &self.0.bounds).finish_non_exhaustive()
    }
}

impl Store for Memory {
    fn create<'a>(&'a self, record: &'a Record) -> Answer<'a, ()> {
        Box::pin(async move {
            self.0.bounds.check(record.size())?;
            self.with(|shelf| shelf.create(record, self.0.bounds.total()))
        })
    }

    fn load(&self, id: Id) -> Answer<'_, Option<Record>> {
        Box::pin(async move { Ok(self.with(|shelf| shelf.record(id))) })
    }

    fn find<'a>(&'a self, flow: &'a str, key: &'a str) -> Answer<'a, Option<Record>> {
        Box::pin(async move { Ok(self.with(|shelf| shelf.find(flow, key))) })
    }

    fn commit<'a>(&'a self, record: &'a Record, consumed: &'a [EventId]) -> Answer<'a, ()> {
        Box::pin(async move {
            self.0.bounds.check(record.size())?;
            self.with(|shelf| shelf.commit(record, consumed, self.0.bounds.total()))
        })
    }

    fn delete(&self, id: Id, version: u64) -> Answer<'_, ()> {
        Box::pin(async move { self.with(|shelf| shelf.delete(id, version)) })
    }

    fn push<'a>(&'a self, id: Id, event: &'a StoredEvent) -> Answer<'a, Pushed> {
        Box::pin(async move {
            self.0.bounds.check(event.size())?;
            let pushed = self.with(|shelf| shelf.push(id, event, &self.0.bounds))?;
            if pushed == Pushed::New {
                self.0.pushed.notify_waiters();
            }
            Ok(pushed)
        })
    }

    fn events(&self, id: Id, most: usize) -> Answer<'_, Vec<StoredEvent>> {
        Box::pin(async move { Ok(self.with(|shelf| shelf.events(id, most))) })
    }

    fn claim_due<'a>(&'a self, flows: &'a [&'a str], now: Time, lease: Duration, most: usize) -> Answer<'a, Vec<Id>> {
        Box::pin(async move { Ok(self.with(|shelf| shelf.claim_due(flows, now, now + lease, most))) })
    }

    fn mark(&self) -> Answer<'_, Mark> {
        Box::pin(async move { Ok(self.with(|shelf| shelf.mark())) })
    }

    fn arrivals(&self, after: Mark) -> Answer<'_, Arrivals> {
        Box::pin(async move {
            loop {
                let pushed = self.0.pushed.notified(); // before looking, so that nothing is missed
                if let Some(arrivals) = self.with(|shelf| shelf.arrivals(after)) {
                    return Ok(arrivals);
                }
                pushed.await;
            }
        })
    }

    fn list<'a>(&'a self, filter: &'a Filter, after: Option<Id>, most: usize) -> Answer<'a, Vec<Summary>> {
        Box::pin(async move { Ok(self.with(|shelf| shelf.page(filter, after, most))) })
    }

    fn histogram(&self) -> Answer<'_, Vec<Count>> {
        Box::pin(async move { Ok(self.with(|shelf| shelf.histogram())) })
    }

    fn clean(&self, now: Time, most: usize) -> Answer<'_, u64> {
        Box::pin(async move { Ok(self.with(|shelf| shelf.clean(now, most))) })
    }
}
