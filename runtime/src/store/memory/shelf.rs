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
    /// What entries have in common.
    places: HashSet<Arc<Place>>,
    keys: Keys,
    wakes: BTreeSet<(Time, Id)>,
    /// By dates that are not later than those at which they expire.
    expiries: BTreeSet<(Time, Id)>,
    /// What each event that waits is for, by its number.
    waiting: BTreeMap<u64, Id>,
    /// The number of the last event that came.
    pushed: u64,
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
#[derive(PartialEq, Eq, Hash)]
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
        self.keys.find(flow, key).and_then(|known| self.record(known.id))
    }

    pub(super) fn create(&mut self, record: &Record) -> Result<(), StoreError> {
        if self.entries.contains_key(&record.id) || !self.keys.is_free(record) {
            return Err(StoreError::Conflict);
        }
        let entry = Entry {
            place: self.place(record),
            key: None,
            status: record.status,
            version: record.version,
            write: record.write,
            due: None,
            expires: None,
            created: record.created,
            updated: record.updated,
            body: Box::default(),
            wake: None,
            listed: None,
            events: None,
        };
        self.entries.insert(record.id, Box::new(entry));
        self.set(record);
        Ok(())
    }

    pub(super) fn commit(&mut self, record: &Record, consumed: &[EventId]) -> Result<(), StoreError> {
        let entry =
            self.entries.get_mut(&record.id).filter(|entry| Some(entry.version) == record.version.checked_sub(1));
        let Some(entry) = entry.filter(|_| self.keys.is_free(record)) else { return Err(StoreError::Conflict) };
        let is_done = record.status == Status::Done;
        if let Some(events) = &mut entry.events {
            events.waiting.retain(|number, event| {
                let stays = !is_done && !consumed.contains(&event.id);
                if !stays {
                    self.waiting.remove(number);
                }
                stays
            });
        }
        if is_done {
            entry.events = None;
        }
        self.set(record);
        Ok(())
    }

    /// Makes an entry that is there what this record says.
    fn set(&mut self, record: &Record) {
        let place = self.place(record);
        let Some(entry) = self.entries.get_mut(&record.id) else { return };
        let id = record.id;
        if let Some((key, keyed)) = entry.keyed(id) {
            self.keys.remove(&entry.place.flow, key, &keyed);
        }
        let before = mem::replace(&mut entry.place, place);
        if record.key.as_ref() != entry.key.as_deref() {
            entry.key = record.key.clone().map(Box::new);
        }
        (entry.status, entry.version, entry.write) = (record.status, record.version, record.write);
        (entry.due, entry.expires) = (record.due, record.expires);
        (entry.created, entry.updated) = (record.created, record.updated);
        entry.body = record.body[..].into();
        if let Some((key, keyed)) = entry.keyed(id) {
            self.keys.add(&entry.place.flow, key, keyed);
        }
        let wake = record.due.filter(|_| record.status == Status::Live);
        relist(&mut self.wakes, &mut entry.wake, wake, id);
        // One that expires later than it did is found there when it did not, and listed anew.
        if entry.listed.is_none() || record.expires < entry.listed {
            relist(&mut self.expiries, &mut entry.listed, record.expires, id);
        }
        self.leave(before);
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
        if let Some((key, keyed)) = entry.keyed(id) {
            self.keys.remove(&entry.place.flow, key, &keyed);
        }
        relist(&mut self.wakes, &mut entry.wake, None, id);
        relist(&mut self.expiries, &mut entry.listed, None, id);
        for number in entry.waiting() {
            self.waiting.remove(&number);
        }
        self.leave(entry.place);
    }

    pub(super) fn clean(&mut self, now: Time, most: usize) -> u64 {
        let mut cleaned = 0;
        while cleaned < most
            && let Some(&(date, id)) = self.expiries.first()
            && date <= now
        {
            match self.entries.get_mut(&id) {
                Some(entry) if entry.expires.is_none_or(|expires| expires > now) => {
                    let expires = entry.expires;
                    relist(&mut self.expiries, &mut entry.listed, expires, id);
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
        let due = self.wakes.range(..=(now, LAST)).map(|&(_, id)| id);
        let is_known = |id: &Id| flows.contains(&&*self.entries[id].place.flow);
        let due: Vec<_> = due.filter(is_known).take(most).collect();
        for id in &due {
            if let Some(entry) = self.entries.get_mut(id) {
                relist(&mut self.wakes, &mut entry.wake, Some(until), *id);
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
