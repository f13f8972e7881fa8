//! A store that forgets with the process.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;

use super::{
    Answer, Arrivals, Bounds, Count, EventId, Filter, Id, Mark, Pushed, Record, Status, Store, StoreError, StoredEvent,
    Summary, Time,
};
use crate::message::Text;

/// How many conversations are reported at once that something came for.
const ARRIVALS: usize = 256;

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
            self.with(|shelf| {
                if shelf.entries.contains_key(&record.id) || !shelf.key_is_free(record) {
                    return Err(StoreError::Conflict);
                }
                shelf.put(Entry::new(record, None));
                Ok(())
            })
        })
    }

    fn load(&self, id: Id) -> Answer<'_, Option<Record>> {
        Box::pin(async move { Ok(self.with(|shelf| shelf.entries.get(&id).map(|entry| entry.record.clone()))) })
    }

    fn find<'a>(&'a self, flow: &'a str, key: &'a str) -> Answer<'a, Option<Record>> {
        Box::pin(async move {
            Ok(self.with(|shelf| shelf.by_key(flow, key).map(|known| shelf.entries[&known.id].record.clone())))
        })
    }

    fn commit<'a>(&'a self, record: &'a Record, consumed: &'a [EventId]) -> Answer<'a, ()> {
        Box::pin(async move {
            self.0.bounds.check(record.size())?;
            self.with(|shelf| {
                let before = record.version.checked_sub(1);
                let there = shelf.entries.get(&record.id).map(|entry| entry.record.version);
                if there.is_none() || there != before || !shelf.key_is_free(record) {
                    return Err(StoreError::Conflict);
                }
                let old = shelf.take(record.id).ok_or(StoreError::Conflict)?;
                let mut events = old.events.filter(|_| record.status != Status::Done);
                if let Some(events) = &mut events {
                    events.waiting.retain(|_, event| !consumed.contains(&event.id));
                }
                shelf.put(Entry::new(record, events));
                Ok(())
            })
        })
    }

    fn delete(&self, id: Id, version: u64) -> Answer<'_, ()> {
        Box::pin(async move {
            self.with(|shelf| {
                if shelf.entries.get(&id).is_none_or(|entry| entry.record.version != version) {
                    return Err(StoreError::Conflict);
                }
                shelf.take(id);
                Ok(())
            })
        })
    }

    fn push<'a>(&'a self, id: Id, event: &'a StoredEvent) -> Answer<'a, Pushed> {
        Box::pin(async move {
            self.0.bounds.check(event.size())?;
            let pushed = self.with(|shelf| shelf.push(id, event, self.0.bounds.events()));
            if pushed == Pushed::New {
                self.0.pushed.notify_waiters();
            }
            Ok(pushed)
        })
    }

    fn events(&self, id: Id, most: usize) -> Answer<'_, Vec<StoredEvent>> {
        Box::pin(async move {
            Ok(self.with(|shelf| {
                let events = shelf.entries.get(&id).and_then(|entry| entry.events.as_ref());
                events.map_or(Vec::new(), |events| events.waiting.values().take(most).cloned().collect())
            }))
        })
    }

    fn claim_due<'a>(&'a self, flows: &'a [&'a str], now: Time, lease: Duration, most: usize) -> Answer<'a, Vec<Id>> {
        Box::pin(async move {
            Ok(self.with(|shelf| {
                let due = shelf.wakes.range(..=(now, LAST)).map(|&(_, id)| id);
                let known = |id: &Id| flows.contains(&&*shelf.entries[id].record.flow);
                let due: Vec<_> = due.filter(known).take(most).collect();
                for &id in &due {
                    if let Some(mut entry) = shelf.take(id) {
                        entry.wake = Some(now + lease);
                        shelf.put(entry);
                    }
                }
                due
            }))
        })
    }

    fn mark(&self) -> Answer<'_, Mark> {
        Box::pin(async move { Ok(self.with(|shelf| Mark::behind(shelf.pushed))) })
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
        Box::pin(async move {
            Ok(self.with(|shelf| {
                let passes = |record: &&Record| {
                    filter.flow.as_ref().is_none_or(|flow| *flow == record.flow)
                        && filter.question.as_ref().is_none_or(|question| *question == record.question)
                        && filter.status.is_none_or(|status| status == record.status)
                };
                let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
                let records = shelf.entries.range((behind, Bound::Unbounded)).map(|(_, entry)| &entry.record);
                records.filter(passes).take(most).map(Record::summary).collect()
            }))
        })
    }

    fn histogram(&self) -> Answer<'_, Vec<Count>> {
        Box::pin(async move {
            let mut counts = BTreeMap::new();
            self.with(|shelf| {
                let records = shelf.entries.values().map(|entry| &entry.record);
                for record in records.filter(|record| record.status == Status::Live) {
                    *counts.entry((record.flow.clone(), record.schema, record.question.clone())).or_default() += 1;
                }
            });
            let count = |((flow, schema, question), records)| Count { flow, schema, question, records };
            Ok(counts.into_iter().map(count).collect())
        })
    }

    fn clean(&self, now: Time, most: usize) -> Answer<'_, u64> {
        Box::pin(async move {
            Ok(self.with(|shelf| {
                let expired: Vec<_> = shelf.expiries.range(..=(now, LAST)).take(most).map(|&(_, id)| id).collect();
                expired.into_iter().filter_map(|id| shelf.take(id)).count() as u64
            }))
        })
    }
}

/// No identifier comes behind it.
const LAST: Id = Id::from_bytes([0xff; 16]);

/// Everything that is kept, by whatever it is looked for.
#[derive(Default)]
struct Shelf {
    /// Each in a box: a tree has room for many more than it holds.
    entries: BTreeMap<Id, Box<Entry>>,
    /// By flow and key: at the end of each is the one that is found.
    keys: HashMap<Text, HashMap<Text, BTreeSet<Keyed>>>,
    wakes: BTreeSet<(Time, Id)>,
    expiries: BTreeSet<(Time, Id)>,
    /// What each event that waits is for, by its number.
    waiting: BTreeMap<u64, Id>,
    /// The number of the last event that came.
    pushed: u64,
}

struct Entry {
    record: Record,
    /// When it can be claimed.
    wake: Option<Time>,
    /// Nothing where none has come.
    events: Option<Box<Events>>,
}

/// What was sent to a conversation.
#[derive(Default)]
struct Events {
    /// What waits, by its number.
    waiting: BTreeMap<u64, StoredEvent>,
    /// Every event that came.
    known: HashSet<EventId>,
}

/// A record with a key: the one that is not done comes behind all others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Keyed {
    is_open: bool,
    updated: Time,
    id: Id,
}

impl Keyed {
    fn new(record: &Record) -> Self {
        Keyed { is_open: record.status != Status::Done, updated: record.updated, id: record.id }
    }
}

impl Entry {
    fn new(record: &Record, events: Option<Box<Events>>) -> Self {
        let wake = record.due.filter(|_| record.status == Status::Live);
        Entry { record: detached(record), wake, events }
    }

    /// The numbers of the events that wait.
    fn waiting(&self) -> impl Iterator<Item = u64> {
        self.events.iter().flat_map(|events| events.waiting.keys().copied())
    }
}

/// A record with a body of its own, which is not larger than it need be.
fn detached(record: &Record) -> Record {
    let (key, flow, question) = (record.key.clone(), record.flow.clone(), record.question.clone());
    Record { key, flow, question, body: Bytes::copy_from_slice(&record.body), ..*record }
}

impl Shelf {
    fn by_key(&self, flow: &str, key: &str) -> Option<Keyed> {
        self.keys.get(flow)?.get(key)?.last().copied()
    }

    /// Whether no other record has the key of this one.
    fn key_is_free(&self, record: &Record) -> bool {
        let key = record.key.as_ref().filter(|_| record.status != Status::Done);
        key.and_then(|key| self.by_key(&record.flow, key)).is_none_or(|known| !known.is_open || known.id == record.id)
    }

    fn put(&mut self, entry: Entry) {
        let Record { id, key, flow, expires, .. } = &entry.record;
        if let Some(key) = key {
            let keys = self.keys.entry(flow.clone()).or_default();
            keys.entry(key.clone()).or_default().insert(Keyed::new(&entry.record));
        }
        self.wakes.extend(entry.wake.map(|wake| (wake, *id)));
        self.expiries.extend(expires.map(|expires| (expires, *id)));
        self.waiting.extend(entry.waiting().map(|number| (number, *id)));
        self.entries.insert(*id, Box::new(entry));
    }

    /// Undoes [`put`](Self::put).
    fn take(&mut self, id: Id) -> Option<Entry> {
        let entry = *self.entries.remove(&id)?;
        let Record { key, flow, expires, .. } = &entry.record;
        if let Some(key) = key
            && let Some(keys) = self.keys.get_mut(flow)
            && let Some(known) = keys.get_mut(key)
        {
            known.remove(&Keyed::new(&entry.record));
            if known.is_empty() {
                keys.remove(key);
            }
            if keys.is_empty() {
                self.keys.remove(flow);
            }
        }
        entry.wake.map(|wake| self.wakes.remove(&(wake, id)));
        expires.map(|expires| self.expiries.remove(&(expires, id)));
        for number in entry.waiting() {
            self.waiting.remove(&number);
        }
        Some(entry)
    }

    fn push(&mut self, id: Id, event: &StoredEvent, most: usize) -> Pushed {
        let Some(entry) = self.entries.get_mut(&id).filter(|entry| entry.record.status != Status::Done) else {
            return Pushed::Missing;
        };
        let known = entry.events.as_deref();
        if known.is_some_and(|events| events.known.contains(&event.id)) {
            return Pushed::Duplicate;
        }
        if known.map_or(0, |events| events.waiting.len()) >= most {
            return Pushed::Full;
        }
        self.pushed += 1;
        let events = entry.events.get_or_insert_default();
        events.known.insert(event.id.clone());
        events.waiting.insert(self.pushed, event.clone());
        self.waiting.insert(self.pushed, id);
        Pushed::New
    }

    fn arrivals(&self, after: Mark) -> Option<Arrivals> {
        let numbers = self.waiting.range(after.number() + 1..).take(ARRIVALS);
        let mark = Mark::behind(*numbers.clone().last()?.0);
        let ids: BTreeSet<_> = numbers.map(|(_, &id)| id).collect();
        Some(Arrivals { ids: ids.into_iter().collect(), mark })
    }
}
