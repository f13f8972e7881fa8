//! A store that can be made to fail.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use converse::store::{
    Answer, Arrivals, Count, EventId, Filter, Id, Mark, Pushed, Record, Store, StoreError, StoredEvent, Summary, Time,
};

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is answered.
    Answered,
    /// The store cannot be reached, and nothing is done.
    Unavailable,
    /// It is done, or it is not, and nobody is told which.
    Lost {
        /// Whether it is.
        done: bool,
    },
}

/// A store in front of another one that asks at each call what is to become of it: for tests of what uses a store.
///
/// ```
/// use converse::store::{Id, Memory, Record, Schema, Store, StoreError};
/// use converse_conformance::{Fate, Faulty};
///
/// # tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(async {
/// let store = Faulty::new(Memory::default(), |method| match method {
///     "create" => Fate::Lost { done: true },
///     _ => Fate::Answered,
/// });
/// let record = Record::new(Id::random(), "checkout", "age", Schema::from_bytes([0; 16]));
/// assert!(matches!(store.create(&record).await, Err(StoreError::Unknown(_))));
/// assert_eq!(store.load(record.id).await?, Some(record));
/// # Ok::<(), StoreError>(()) }).unwrap();
/// ```
pub struct Faulty {
    store: Arc<dyn Store>,
    fate: Box<dyn Fn(&'static str) -> Fate + Send + Sync>,
}

impl Faulty {
    /// In front of `store`; `fate` is given the name of the method that is called.
    pub fn new(store: impl Store, fate: impl Fn(&'static str) -> Fate + Send + Sync + 'static) -> Self {
        Faulty::before(Arc::new(store), fate)
    }

    pub(crate) fn before(store: Arc<dyn Store>, fate: impl Fn(&'static str) -> Fate + Send + Sync + 'static) -> Self {
        Faulty { store, fate: Box::new(fate) }
    }

    /// The store is called only if it is to do something: it may do so before anybody waits for it.
    fn call<'a, T: Send + 'a>(&'a self, method: &'static str, call: impl FnOnce() -> Answer<'a, T>) -> Answer<'a, T> {
        match (self.fate)(method) {
            Fate::Answered => call(),
            Fate::Unavailable => Box::pin(async { Err(StoreError::Unavailable("so the test wants it".into())) }),
            Fate::Lost { done } => {
                let answer = done.then(call);
                Box::pin(async move {
                    if let Some(answer) = answer {
                        answer.await?;
                    }
                    Err(StoreError::Unknown("the answer is lost".into()))
                })
            }
        }
    }
}

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faulty").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Store for Faulty {
    fn create<'a>(&'a self, record: &'a Record) -> Answer<'a, ()> {
        self.call("create", || self.store.create(record))
    }

    fn load(&self, id: Id) -> Answer<'_, Option<Record>> {
        self.call("load", || self.store.load(id))
    }

    fn find<'a>(&'a self, flow: &'a str, key: &'a str) -> Answer<'a, Option<Record>> {
        self.call("find", || self.store.find(flow, key))
    }

    fn commit<'a>(&'a self, record: &'a Record, consumed: &'a [EventId]) -> Answer<'a, ()> {
        self.call("commit", || self.store.commit(record, consumed))
    }

    fn delete(&self, id: Id, version: u64) -> Answer<'_, ()> {
        self.call("delete", || self.store.delete(id, version))
    }

    fn push<'a>(&'a self, id: Id, event: &'a StoredEvent) -> Answer<'a, Pushed> {
        self.call("push", || self.store.push(id, event))
    }

    fn events(&self, id: Id, most: usize) -> Answer<'_, Vec<StoredEvent>> {
        self.call("events", || self.store.events(id, most))
    }

    fn claim_due<'a>(&'a self, flows: &'a [&'a str], now: Time, lease: Duration, most: usize) -> Answer<'a, Vec<Id>> {
        self.call("claim_due", || self.store.claim_due(flows, now, lease, most))
    }

    fn mark(&self) -> Answer<'_, Mark> {
        self.call("mark", || self.store.mark())
    }

    fn arrivals(&self, after: Mark) -> Answer<'_, Arrivals> {
        self.call("arrivals", || self.store.arrivals(after))
    }

    fn list<'a>(&'a self, filter: &'a Filter, after: Option<Id>, most: usize) -> Answer<'a, Vec<Summary>> {
        self.call("list", || self.store.list(filter, after, most))
    }

    fn histogram(&self) -> Answer<'_, Vec<Count>> {
        self.call("histogram", || self.store.histogram())
    }

    fn clean(&self, now: Time, most: usize) -> Answer<'_, u64> {
        self.call("clean", || self.store.clean(now, most))
    }
}
