//! A record, as it is kept.

use std::collections::{BTreeMap, HashSet};

use bytes::Bytes;

use super::keys::Keyed;
use super::places::Place;
use super::slab::Slot;
use crate::message::Text;
use crate::store::{EventId, Id, Pushed, Record, Status, StoredEvent, Time, WriteId};

/// A record without the date at which it expires, and what is kept for it.
pub(super) struct Entry {
    pub(super) id: Id,
    pub(super) version: u64,
    pub(super) status: Status,
    pub(super) place: Slot,
    write: WriteId,
    due: Option<Time>,
    created: Time,
    updated: Time,
    body: Box<[u8]>,
    /// Nothing where it would be empty.
    more: Option<Box<More>>,
}

/// What few have.
#[derive(Default)]
struct More {
    key: Option<Text>,
    /// Until when nobody else can claim it.
    claimed: Option<Time>,
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

impl Entry {
    pub(super) fn new(record: &Record, place: Slot) -> Self {
        let Record { id, status, version, write, due, created, updated, .. } = *record;
        let body = record.body[..].into();
        let mut entry = Entry { id, version, status, place, write, due, created, updated, body, more: None };
        entry.set_key(record.key.as_ref());
        entry
    }

    /// Replaces it by its next version. It is claimed no more.
    pub(super) fn write(&mut self, record: &Record, place: Slot) {
        let Record { status, version, write, due, created, updated, .. } = *record;
        (self.version, self.status, self.place, self.write) = (version, status, place, write);
        (self.due, self.created, self.updated) = (due, created, updated);
        match self.body.len() == record.body.len() {
            true => self.body.copy_from_slice(&record.body),
            false => self.body = record.body[..].into(),
        }
        self.claim(None);
        self.set_key(record.key.as_ref());
    }

    pub(super) fn record(&self, place: &Place, expires: Option<Time>) -> Record {
        let Entry { id, version, status, write, due, created, updated, .. } = *self;
        Record {
            id,
            key: self.key().cloned(),
            flow: place.flow.clone(),
            question: place.question.clone(),
            schema: place.schema,
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

    fn key(&self) -> Option<&Text> {
        self.more.as_ref()?.key.as_ref()
    }

    /// How it is found by its key, where it has one.
    pub(super) fn keyed(&self) -> Option<(&Text, Keyed)> {
        let keyed = Keyed { is_open: self.status != Status::Done, updated: self.updated, id: self.id };
        self.key().map(|key| (key, keyed))
    }

    /// When it can be claimed.
    pub(super) fn wake(&self) -> Option<Time> {
        let claimed = self.more.as_ref().and_then(|more| more.claimed);
        claimed.or(self.due.filter(|_| self.status == Status::Live))
    }

    pub(super) fn claim(&mut self, until: Option<Time>) {
        self.set(until, |more| &mut more.claimed);
    }

    fn set_key(&mut self, key: Option<&Text>) {
        self.set(key.cloned(), |more| &mut more.key);
    }

    fn events(&self) -> Option<&Events> {
        self.more.as_ref()?.events.as_deref()
    }

    /// The events that wait, by their numbers.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (u64, &StoredEvent)> {
        self.events().into_iter().flat_map(|events| events.waiting.iter().map(|(number, event)| (*number, event)))
    }

    /// Takes an event, if no more than `most` wait then.
    pub(super) fn push(&mut self, number: u64, event: &StoredEvent, most: usize) -> Pushed {
        let events = self.events();
        if self.status == Status::Done {
            return Pushed::Missing;
        }
        if events.is_some_and(|events| events.known.contains(&event.id)) {
            return Pushed::Duplicate;
        }
        if events.map_or(0, |events| events.waiting.len()) >= most {
            return Pushed::Full;
        }
        let events = self.more.get_or_insert_default().events.get_or_insert_default();
        events.known.insert(event.id.clone());
        events.waiting.insert(number, event.clone());
        Pushed::New
    }

    /// Has these events wait no more, and none where it is done, and says of each that it has gone.
    pub(super) fn consume(&mut self, consumed: &[EventId], mut gone: impl FnMut(u64)) {
        let is_done = self.status == Status::Done;
        let Some(events) = self.more.as_mut().and_then(|more| more.events.as_mut()) else { return };
        for (number, _) in events.waiting.extract_if(.., |_, event| is_done || consumed.contains(&event.id)) {
            gone(number);
        }
        if is_done {
            self.set(None, |more| &mut more.events);
        }
    }

    /// Sets something that few have.
    fn set<T>(&mut self, value: Option<T>, of: impl FnOnce(&mut More) -> &mut Option<T>) {
        if value.is_some() || self.more.is_some() {
            let more = self.more.get_or_insert_default();
            *of(more) = value;
            if let More { key: None, claimed: None, events: None } = **more {
                self.more = None;
            }
        }
    }
}
