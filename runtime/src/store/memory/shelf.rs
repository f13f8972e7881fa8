//! Everything that a store in memory keeps, by whatever it is looked for.
//!
//! There may be very many records: each has little beside its bytes, and a write changes it where it is.

use std::collections::{BTreeMap, BTreeSet};

use super::dates::Dates;
use super::entry::Entry;
use super::keys::Keys;
use super::names::{Gap, Names};
use super::places::Places;
use super::slab::{Slab, Slot};
use super::wakes::Wakes;
use crate::store::{
    Arrivals, Count, EventId, Filter, Id, Mark, Pushed, Record, Status, StoreError, StoredEvent, Summary, Time,
};

/// How many conversations are reported at once that something came for.
const ARRIVALS: usize = 256;

#[derive(Default)]
pub(super) struct Shelf {
    entries: Slab<Entry>,
    names: Names,
    keys: Keys,
    places: Places,
    wakes: Wakes,
    expiries: Dates,
    /// What each event that waits is for, by its number.
    waiting: BTreeMap<u64, Id>,
    /// The number of the last event that came.
    pushed: u64,
}

impl Shelf {
    fn slot(&self, id: Id) -> Result<Slot, Gap> {
        self.names.find(id, |slot| self.entries[slot].id)
    }

    fn at(&self, slot: Slot) -> Record {
        let entry = &self.entries[slot];
        entry.record(&self.places[entry.place], self.expiries.get(slot))
    }

    pub(super) fn record(&self, id: Id) -> Option<Record> {
        self.slot(id).ok().map(|slot| self.at(slot))
    }

    pub(super) fn find(&self, flow: &str, key: &str) -> Option<Record> {
        self.keys.find(flow, key).and_then(|known| self.record(known.id))
    }

    pub(super) fn create(&mut self, record: &Record) -> Result<(), StoreError> {
        let Err(gap) = self.slot(record.id) else { return Err(StoreError::Conflict) };
        if !self.keys.is_free(record) {
            return Err(StoreError::Conflict);
        }
        let entry = Entry::new(record, self.places.enter(record));
        let slot = self.entries.insert(entry);
        self.names.fill(gap, record.id, slot);
        self.list(slot, record.expires);
        Ok(())
    }

    pub(super) fn commit(&mut self, record: &Record, consumed: &[EventId]) -> Result<(), StoreError> {
        let Ok(slot) = self.slot(record.id) else { return Err(StoreError::Conflict) };
        let entry = &mut self.entries[slot];
        if entry.version.checked_add(1) != Some(record.version) || !self.keys.is_free(record) {
            return Err(StoreError::Conflict);
        }
        if let Some((key, keyed)) = entry.keyed() {
            self.keys.remove(&self.places[entry.place].flow, key, &keyed);
        }
        entry.write(record, self.places.go_on(entry.place, record));
        entry.consume(consumed, |number| _ = self.waiting.remove(&number));
        self.list(slot, record.expires);
        Ok(())
    }

    /// Lists an entry as it is now. It is listed by its name already.
    fn list(&mut self, slot: Slot, expires: Option<Time>) {
        let entry = &self.entries[slot];
        if let Some((key, keyed)) = entry.keyed() {
            self.keys.add(&self.places[entry.place].flow, key, keyed);
        }
        self.wakes.set(slot, entry.wake());
        self.expiries.set(slot, expires);
    }

    pub(super) fn delete(&mut self, id: Id, version: u64) -> Result<(), StoreError> {
        let there = self.slot(id).ok().filter(|&slot| self.entries[slot].version == version);
        there.map(|slot| self.remove(slot)).ok_or(StoreError::Conflict)
    }

    fn remove(&mut self, slot: Slot) {
        let id = self.entries[slot].id;
        self.names.remove(id, |slot| self.entries[slot].id);
        self.wakes.set(slot, None);
        self.expiries.set(slot, None);
        let Some(entry) = self.entries.remove(slot) else { return };
        if let Some((key, keyed)) = entry.keyed() {
            self.keys.remove(&self.places[entry.place].flow, key, &keyed);
        }
        for (number, _) in entry.waiting() {
            self.waiting.remove(&number);
        }
        self.places.leave(entry.place);
    }

    pub(super) fn clean(&mut self, now: Time, most: usize) -> u64 {
        let expired: Vec<_> = self.expiries.until(now).take(most).collect();
        for &slot in &expired {
            self.remove(slot);
        }
        expired.len() as u64
    }

    pub(super) fn push(&mut self, id: Id, event: &StoredEvent, most: usize) -> Pushed {
        let Ok(slot) = self.slot(id) else { return Pushed::Missing };
        let number = self.pushed + 1;
        let pushed = self.entries[slot].push(number, event, most);
        if pushed == Pushed::New {
            self.pushed = number;
            self.waiting.insert(number, id);
        }
        pushed
    }

    pub(super) fn events(&self, id: Id, most: usize) -> Vec<StoredEvent> {
        let entry = self.slot(id).ok().map(|slot| &self.entries[slot]);
        entry.map_or(Vec::new(), |entry| entry.waiting().take(most).map(|(_, event)| event.clone()).collect())
    }

    /// What is due of these flows, which nobody else can claim until then.
    pub(super) fn claim_due(&mut self, flows: &[&str], now: Time, until: Time, most: usize) -> Vec<Id> {
        let is_known = |slot| flows.contains(&&*self.places[self.entries[slot].place].flow);
        let due = self.wakes.until(now, most, |slot| self.entries[slot].wake(), is_known);
        let claim = |slot| {
            let entry = &mut self.entries[slot];
            entry.claim(until);
            self.wakes.set(slot, Some(until));
            entry.id
        };
        due.into_iter().map(claim).collect()
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

    pub(super) fn page(&self, filter: &Filter, after: Option<Id>, most: usize) -> Vec<Summary> {
        let passes = |slot: &Slot| {
            let entry = &self.entries[*slot];
            let place = &self.places[entry.place];
            filter.flow.as_ref().is_none_or(|flow| *flow == place.flow)
                && filter.question.as_ref().is_none_or(|question| *question == place.question)
                && filter.status.is_none_or(|status| status == entry.status)
        };
        let slots = self.names.behind(after, |slot| self.entries[slot].id).filter(passes);
        slots.take(most).map(|slot| self.at(slot).summary()).collect()
    }

    pub(super) fn histogram(&self) -> Vec<Count> {
        let mut records = BTreeMap::new();
        for entry in self.entries.values().filter(|entry| entry.status == Status::Live) {
            *records.entry(entry.place).or_default() += 1;
        }
        let count = |(place, records)| {
            let place = &self.places[place];
            let (flow, question) = (place.flow.clone(), place.question.clone());
            Count { flow, schema: place.schema, question, records }
        };
        let mut counts: Vec<_> = records.into_iter().map(count).collect();
        counts.sort_unstable();
        counts
    }
}
