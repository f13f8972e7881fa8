//! A record, as it is kept.

use bytes::Bytes;

use super::keys::Keyed;
use super::places::Place;
use super::rest::{Events, Rest};
use super::slab::Slot;
use super::stamp::Stamp;
use crate::message::Text;
use crate::store::{EventId, Id, Pushed, Record, Status, StoredEvent, Time, WriteId};

/// What is there for each, and for its name and its dates.
const EACH: usize = 128;

/// A record without the date at which it expires, and what is kept for it.
pub(super) struct Entry {
    pub(super) id: Id,
    pub(super) version: u64,
    pub(super) status: Status,
    pub(super) place: Slot,
    write: WriteId,
    due: Stamp,
    created: Stamp,
    updated: Stamp,
    rest: Rest,
}

impl Entry {
    pub(super) fn new(record: &Record, place: Slot) -> Self {
        let Record { id, status, version, write, due, created, updated, .. } = *record;
        let (due, created, updated) = (due.into(), Some(created).into(), Some(updated).into());
        let rest = Rest::Body(record.body[..].into());
        let mut entry = Entry { id, version, status, place, write, due, created, updated, rest };
        entry.set_key(record.key.as_ref());
        entry
    }

    /// Replaces it by its next version. It is claimed no more.
    pub(super) fn write(&mut self, record: &Record, place: Slot) {
        let Record { status, version, write, due, created, updated, .. } = *record;
        (self.version, self.status, self.place, self.write) = (version, status, place, write);
        (self.due, self.created, self.updated) = (due.into(), Some(created).into(), Some(updated).into());
        self.rest.set_body(&record.body);
        self.set_key(record.key.as_ref());
    }

    /// Sets the key of what was just written, and so is not claimed.
    fn set_key(&mut self, key: Option<&Text>) {
        if key.is_some() || self.rest.more().is_some() {
            self.rest.change(|more| (more.key, more.claimed) = (key.cloned(), None));
        }
    }

    /// How many bytes are taken by all that is kept of it, wherever.
    pub(super) fn size(&self) -> usize {
        EACH + self.rest.size()
    }

    /// How many that will be of a new one.
    pub(super) fn size_of(record: &Record) -> usize {
        EACH + Rest::size_of(record.body.len(), record.key.as_ref())
    }

    /// How many more it takes with its next version.
    pub(super) fn growth(&self, next: &Record) -> usize {
        next.body.len().saturating_sub(self.rest.body().len())
    }

    pub(super) fn record(&self, place: &Place, expires: Option<Time>) -> Record {
        let Entry { id, version, status, write, due, created, .. } = *self;
        Record {
            id,
            key: self.key().cloned(),
            flow: place.flow.clone(),
            question: place.question.clone(),
            schema: place.schema,
            status,
            version,
            write,
            due: due.date(),
            expires,
            created: created.date().expect("it was created"),
            updated: self.updated(),
            body: Bytes::copy_from_slice(self.rest.body()),
        }
    }

    fn updated(&self) -> Time {
        self.updated.date().expect("it was written")
    }

    fn key(&self) -> Option<&Text> {
        self.rest.more()?.key.as_ref()
    }

    /// How it is found by its key, where it has one.
    pub(super) fn keyed(&self) -> Option<(&Text, Keyed)> {
        let key = self.key()?;
        Some((key, Keyed { is_open: self.status != Status::Done, updated: self.updated(), id: self.id }))
    }

    /// When it can be claimed.
    pub(super) fn wake(&self) -> Option<Time> {
        let claimed = self.rest.more().and_then(|more| more.claimed);
        claimed.or_else(|| self.due.date().filter(|_| self.status == Status::Live))
    }

    pub(super) fn claim(&mut self, until: Time) {
        self.rest.change(|more| more.claimed = Some(until));
    }

    fn events(&self) -> Option<&Events> {
        self.rest.more()?.events.as_deref()
    }

    /// The events that wait, by their numbers.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (u64, &StoredEvent)> {
        self.events().into_iter().flat_map(|events| events.waiting.iter().map(|(number, event)| (*number, event)))
    }

    /// Why it does not take an event, where `most` may wait.
    pub(super) fn refuses(&self, event: &StoredEvent, most: usize) -> Option<Pushed> {
        let events = self.events();
        if self.status == Status::Done {
            return Some(Pushed::Missing);
        }
        if events.is_some_and(|events| events.known.contains(&event.id)) {
            return Some(Pushed::Duplicate);
        }
        (events.map_or(0, |events| events.waiting.len()) >= most).then_some(Pushed::Full)
    }

    pub(super) fn push(&mut self, number: u64, event: &StoredEvent) {
        self.rest.change(|more| more.events.get_or_insert_default().add(number, event));
    }

    /// Has these events wait no more, and none where it is done, and says of each that it has gone.
    pub(super) fn consume(&mut self, consumed: &[EventId], mut gone: impl FnMut(u64)) {
        if self.events().is_none() {
            return;
        }
        let is_done = self.status == Status::Done;
        self.rest.change(|more| {
            if let Some(events) = &mut more.events {
                events.take(|event| is_done || consumed.contains(&event.id), &mut gone);
            }
            more.events.take_if(|_| is_done);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_no_room_for_what_few_have() {
        assert_eq!(size_of::<Option<Entry>>(), 80);
    }
}
