//! Everything that a store in memory keeps, by whatever it is looked for.
//!
//! An entry stays for as long as its conversation does, and there may be very many: it has no room for what others have as
//! well, and a write changes it where it is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::mem;
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;

use crate::message::Text;
use crate::store::{
    Arrivals, Count, EventId, Filter, Id, Mark, Pushed, Record, Schema, Status, StoreError, StoredEvent, Summary, Time,
    WriteId,
};

/// How many conversations are reported at once that something came for.
const ARRIVALS: usize = 256;

/// No identifier comes behind it.
const LAST: Id = Id::from_bytes([0xff; 16]);

#[derive(Default)]
pub(super) struct Shelf {
    /// Each in a box: a tree has room for many more than it holds.
    entries: BTreeMap<Id, Box<Entry>>,
    /// What entries have in common: there are few, so that to compare them is less than to hash one.
    places: BTreeSet<Arc<Place>>,
    lists: Lists,
    /// What each event that waits is for, by its number.
    waiting: BTreeMap<u64, Id>,
    /// The number of the last event that came.
    pushed: u64,
}

/// By what entries are found, beside their names.
#[derive(Default)]
struct Lists {
    keys: Keys,
    wakes: BTreeSet<(Time, Id)>,
    /// By dates that are not later than those at which they expire.
    expiries: BTreeSet<(Time, Id)>,
}

/// A record, and what is kept for it.
struct Entry {
    place: Arc<Place>,
    key: Option<Box<Text>>,
    status: Status,
    version: u64,
    write: WriteId,
    due: Option<Time>,
    expires: Option<Time>,
    created: Time,
    updated: Time,
    body: Box<[u8]>,
    /// When it can be claimed.
    wake: Option<Time>,
    /// The date by which it is among those that expire.
    listed: Option<Time>,
    /// Nothing where none has come.
    events: Option<Box<Events>>,
}

/// Where conversations wait.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    flow: Text,
    question: Text,
    schema: Schema,
}

/// What was sent to a conversation.
#[derive(Default)]
struct Events {
    /// What waits, by its number.
    waiting: BTreeMap<u64, StoredEvent>,
    /// Every event that came.
    known: HashSet<EventId>,
}

impl Entry {
    /// On no list yet.
    fn new(place: Arc<Place>, record: &Record) -> Self {
        let Record { status, version, write, due, expires, created, updated, .. } = *record;
        Entry {
            place,
            key: record.key.clone().map(Box::new),
            status,
            version,
            write,
            due,
            expires,
            created,
            updated,
            body: record.body[..].into(),
            wake: None,
            listed: None,
            events: None,
        }
    }

    fn record(&self, id: Id) -> Record {
        let Entry { status, version, write, due, expires, created, updated, .. } = *self;
        let Place { flow, question, schema } = &*self.place;
        Record {
            id,
            key: self.key.as_deref().cloned(),
            flow: flow.clone(),
            question: question.clone(),
            schema: *schema,
            status,
            version,
            write,
            due,
            expires,
            created,
            updated,
            body: Bytes::copy_from_slice(&self.body),
        }
    }

    /// How it is found by its key, where it has one.
    fn keyed(&self, id: Id) -> Option<(&Text, Keyed)> {
        let keyed = Keyed { is_open: self.status != Status::Done, updated: self.updated, id };
        self.key.as_deref().map(|key| (key, keyed))
    }

    /// The numbers of the events that wait.
    fn waiting(&self) -> impl Iterator<Item = u64> {
        self.events.iter().flat_map(|events| events.waiting.keys().copied())
    }
}

impl Shelf {
    pub(super) fn record(&self, id: Id) -> Option<Record> {
        self.entries.get(&id).map(|entry| entry.record(id))
    }

    pub(super) fn find(&self, flow: &str, key: &str) -> Option<Record> {
        self.lists.keys.find(flow, key).and_then(|known| self.record(known.id))
    }

    pub(super) fn create(&mut self, record: &Record) -> Result<(), StoreError> {
        if self.entries.contains_key(&record.id) || !self.lists.keys.is_free(record) {
            return Err(StoreError::Conflict);
        }
        let mut entry = Box::new(Entry::new(self.place(record), record));
        self.lists.put(record.id, &mut entry);
        self.entries.insert(record.id, entry);
        Ok(())
    }

    pub(super) fn commit(&mut self, record: &Record, consumed: &[EventId]) -> Result<(), StoreError> {
        let there = self.entries.get(&record.id).map(|entry| entry.version);
        if there.is_none() || there != record.version.checked_sub(1) || !self.lists.keys.is_free(record) {
            return Err(StoreError::Conflict);
        }
        let place = self.place(record);
        let Some(entry) = self.entries.get_mut(&record.id) else { return Err(StoreError::Conflict) };
        self.lists.forget_key(record.id, entry);
        let (wake, listed, mut events) = (entry.wake, entry.listed, entry.events.take());
        let is_done = record.status == Status::Done;
        if let Some(events) = &mut events {
            events.waiting.retain(|number, event| {
                let stays = !is_done && !consumed.contains(&event.id);
                if !stays {
                    self.waiting.remove(number);
                }
                stays
            });
        }
        let events = events.filter(|_| !is_done);
        let before = mem::replace(&mut **entry, Entry { wake, listed, events, ..Entry::new(place, record) });
        self.lists.put(record.id, entry);
        self.leave(before.place);
        Ok(())
    }

    /// Where a record is to wait, with all others that do.
    fn place(&mut self, record: &Record) -> Arc<Place> {
        let Record { flow, question, schema, .. } = record;
        let place = Place { flow: flow.clone(), question: question.clone(), schema: *schema };
        if let Some(known) = self.places.get(&place) {
            return Arc::clone(known);
        }
        let place = Arc::new(place);
        self.places.insert(Arc::clone(&place));
        place
    }

    /// Forgets a place where nobody waits any more.
    fn leave(&mut self, place: Arc<Place>) {
        if Arc::strong_count(&place) == 2 {
            self.places.remove(&place);
        }
    }

    pub(super) fn delete(&mut self, id: Id, version: u64) -> Result<(), StoreError> {
        if self.entries.get(&id).is_none_or(|entry| entry.version != version) {
            return Err(StoreError::Conflict);
        }
        self.remove(id);
        Ok(())
    }

    fn remove(&mut self, id: Id) {
        let Some(mut entry) = self.entries.remove(&id) else { return };
        self.lists.forget(id, &mut entry);
        for number in entry.waiting() {
            self.waiting.remove(&number);
        }
        self.leave(entry.place);
    }

    pub(super) fn clean(&mut self, now: Time, most: usize) -> u64 {
        let mut cleaned = 0;
        while cleaned < most
            && let Some(&(date, id)) = self.lists.expiries.first()
            && date <= now
        {
            match self.entries.get_mut(&id) {
                Some(entry) if entry.expires.is_none_or(|expires| expires > now) => {
                    let expires = entry.expires;
                    relist(&mut self.lists.expiries, &mut entry.listed, expires, id);
                }
                _ => {
                    self.remove(id);
                    cleaned += 1;
                }
            }
        }
        cleaned as u64
    }

    pub(super) fn push(&mut self, id: Id, event: &StoredEvent, most: usize) -> Pushed {
        let Some(entry) = self.entries.get_mut(&id).filter(|entry| entry.status != Status::Done) else {
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

    pub(super) fn events(&self, id: Id, most: usize) -> Vec<StoredEvent> {
        let events = self.entries.get(&id).and_then(|entry| entry.events.as_ref());
        events.map_or(Vec::new(), |events| events.waiting.values().take(most).cloned().collect())
    }

    /// What is due of these flows, which nobody else can claim until then.
    pub(super) fn claim_due(&mut self, flows: &[&str], now: Time, until: Time, most: usize) -> Vec<Id> {
        let due = self.lists.wakes.range(..=(now, LAST)).map(|&(_, id)| id);
        let is_known = |id: &Id| flows.contains(&&*self.entries[id].place.flow);
        let due: Vec<_> = due.filter(is_known).take(most).collect();
        for id in &due {
            if let Some(entry) = self.entries.get_mut(id) {
                relist(&mut self.lists.wakes, &mut entry.wake, Some(until), *id);
            }
        }
        due
    }

    pub(super) fn mark(&self) -> Mark {
        Mark::behind(self.pushed)
    }

    pub(super) fn arrivals(&self, after: Mark) -> Option<Arrivals> {
        let numbers = self.waiting.range(after.number() + 1..).take(ARRIVALS);
        let mark = Mark::behind(*numbers.clone().last()?.0);
        let ids: BTreeSet<_> = numbers.map(|(_, &id)| id).collect();
        Some(Arrivals { ids: ids.into_iter().collect(), mark })
    }

    pub(super) fn list(&self, filter: &Filter, after: Option<Id>, most: usize) -> Vec<Summary> {
        let passes = |entry: &Entry| {
            filter.flow.as_ref().is_none_or(|flow| *flow == entry.place.flow)
                && filter.question.as_ref().is_none_or(|question| *question == entry.place.question)
                && filter.status.is_none_or(|status| status == entry.status)
        };
        let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
        let entries = self.entries.range((behind, Bound::Unbounded)).filter(|(_, entry)| passes(entry));
        entries.take(most).map(|(id, entry)| entry.record(*id).summary()).collect()
    }

    pub(super) fn histogram(&self) -> Vec<Count> {
        let mut counts = BTreeMap::new();
        for entry in self.entries.values().filter(|entry| entry.status == Status::Live) {
            let Place { flow, question, schema } = &*entry.place;
            *counts.entry((flow, *schema, question)).or_default() += 1;
        }
        let count = |((flow, schema, question), records): ((&Text, _, &Text), _)| {
            let (flow, question) = (flow.clone(), question.clone());
            Count { flow, schema, question, records }
        };
        counts.into_iter().map(count).collect()
    }
}

impl Lists {
    /// Lists an entry as it is now.
    fn put(&mut self, id: Id, entry: &mut Entry) {
        if let Some((key, keyed)) = entry.keyed(id) {
            self.keys.add(&entry.place.flow, key, keyed);
        }
        let wake = entry.due.filter(|_| entry.status == Status::Live);
        relist(&mut self.wakes, &mut entry.wake, wake, id);
        // One that expires later than it did is found there when it did not, and listed anew.
        if entry.listed.is_none() || entry.expires < entry.listed {
            relist(&mut self.expiries, &mut entry.listed, entry.expires, id);
        }
    }

    /// Has an entry found by its key no more, under which it is listed as it is now.
    fn forget_key(&mut self, id: Id, entry: &Entry) {
        if let Some((key, keyed)) = entry.keyed(id) {
            self.keys.remove(&entry.place.flow, key, &keyed);
        }
    }

    fn forget(&mut self, id: Id, entry: &mut Entry) {
        self.forget_key(id, entry);
        relist(&mut self.wakes, &mut entry.wake, None, id);
        relist(&mut self.expiries, &mut entry.listed, None, id);
    }
}

/// Puts an entry under another date.
fn relist(list: &mut BTreeSet<(Time, Id)>, listed: &mut Option<Time>, date: Option<Time>, id: Id) {
    if *listed != date {
        listed.map(|before| list.remove(&(before, id)));
        list.extend(date.map(|date| (date, id)));
        *listed = date;
    }
}

/// Those that are found by flow and key. At the end of each is the one that is found.
#[derive(Default)]
struct Keys(HashMap<Text, HashMap<Text, BTreeSet<Keyed>>>);

/// A record with a key: the one that is not done comes behind all others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Keyed {
    is_open: bool,
    updated: Time,
    id: Id,
}

impl Keys {
    fn find(&self, flow: &str, key: &str) -> Option<Keyed> {
        self.0.get(flow)?.get(key)?.last().copied()
    }

    /// Whether no other record has the key of this one.
    fn is_free(&self, record: &Record) -> bool {
        let key = record.key.as_ref().filter(|_| record.status != Status::Done);
        key.and_then(|key| self.find(&record.flow, key)).is_none_or(|known| !known.is_open || known.id == record.id)
    }

    fn add(&mut self, flow: &Text, key: &Text, keyed: Keyed) {
        self.0.entry(flow.clone()).or_default().entry(key.clone()).or_default().insert(keyed);
    }

    fn remove(&mut self, flow: &Text, key: &Text, keyed: &Keyed) {
        let Some(keys) = self.0.get_mut(flow) else { return };
        let Some(known) = keys.get_mut(key) else { return };
        known.remove(keyed);
        if known.is_empty() {
            keys.remove(key);
        }
        if keys.is_empty() {
            self.0.remove(flow);
        }
    }
}
