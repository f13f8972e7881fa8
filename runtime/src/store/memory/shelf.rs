//! Everything that a store in memory keeps, by whatever it is looked for.
//!
//! There may be very many records: each has little beside its bytes, and a write changes it where it is.

use std::collections::{BTreeMap, BTreeSet};

use super::dates::Dates;
use super::entry::Entry;
use super::keys::Keys;
use super::names::{Gap, Names};
use super::places::Places;
use super::room::Room;
use super::slab::{Slab, Slot};
use super::wakes::Wakes;
use crate::store::{
    Arrivals, Bounds, Count, EventId, Filter, Id, Mark, Pushed, Record, Status, StoreError, StoredEvent, Summary, Time,
};

/// How many conversations are reported at once that something came for.
const ARRIVALS: usize = 256;

#[derive(Default)]
pub(super) struct Shelf {
    entries: Slab<Entry>,
    room: Room,
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

    pub(super) fn create(&mut self, record: &Record, total: usize) -> Result<(), StoreError> {
        let Err(gap) = self.slot(record.id) else { return Err(StoreError::Conflict) };
        if !self.keys.is_free(record) {
            return Err(StoreError::Conflict);
        }
        self.room.begin(Entry::size_of(record), total)?;
        let entry = Entry::new(record, self.places.enter(record));
        let slot = self.entries.insert(entry);
        self.names.fill(gap, record.id, slot);
        self.list(slot, record.expires);
        Ok(())
    }

    pub(super) fn commit(&mut self, record: &Record, consumed: &[EventId], total: usize) -> Result<(), StoreError> {
        let Ok(slot) = self.slot(record.id) else { return Err(StoreError::Conflict) };
        let entry = &mut self.entries[slot];
        if entry.version.checked_add(1) != Some(record.version) || !self.keys.is_free(record) {
            return Err(StoreError::Conflict);
        }
        self.room.check(entry.growth(record), total)?;
        let before = entry.size();
        if let Some((key, keyed)) = entry.keyed() {
            self.keys.remove(&self.places[entry.place].flow, key, &keyed);
        }
        entry.write(record, self.places.go_on(entry.place, record));
        entry.consume(consumed, |number| _ = self.waiting.remove(&number));
        self.room.change(before, entry.size());
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
        self.room.change(entry.size(), 0);
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

    pub(super) fn push(&mut self, id: Id, event: &StoredEvent, bounds: &Bounds) -> Result<Pushed, StoreError> {
        let Ok(slot) = self.slot(id) else { return Ok(Pushed::Missing) };
        let entry = &mut self.entries[slot];
        if let Some(refused) = entry.refuses(event, bounds.events()) {
            return Ok(refused);
        }
        self.room.check(event.size(), bounds.total())?;
        let before = entry.size();
        self.pushed += 1;
        entry.push(self.pushed, event);
        self.room.change(before, entry.size());
        self.waiting.insert(self.pushed, id);
        Ok(Pushed::New)
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
            let before = entry.size();
            entry.claim(until);
            self.room.change(before, entry.size());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Schema;

    fn time(millis: usize) -> Time {
        Time::from_millis(millis as u64)
    }

    /// One of very many, as it is written at this step.
    fn record(number: usize, version: u64, step: usize) -> Record {
        let mut id = [0; 16];
        id[step % 2..][..4].copy_from_slice(&(number as u32).wrapping_mul(0x9E37_79B9).to_be_bytes());
        Record {
            key: (number.is_multiple_of(7)).then(|| number.to_string().into()),
            status: if step.is_multiple_of(11) { Status::Parked } else { Status::Live },
            version,
            due: (step.is_multiple_of(3)).then(|| time(step + step * 31 % 400)),
            expires: (!step.is_multiple_of(5)).then(|| time(step + 500 + step * 17 % 900)),
            body: vec![number as u8; step % 4].into(),
            ..Record::new(
                Id::from_bytes(id),
                ["checkout", "order"][number % 2],
                ["age", "name", "address"][step % 3],
                Schema::from_bytes([0; 16]),
            )
        }
    }

    /// Everything that a shelf says of records, by a tree of them.
    fn compare(shelf: &Shelf, records: &BTreeMap<Id, Record>) {
        let (mut last, mut pages) = (None, Vec::new());
        loop {
            let page = shelf.page(&Filter::default(), last, 7);
            let Some(summary) = page.last() else { break };
            last = Some(summary.id);
            pages.extend(page);
        }
        assert!(pages.into_iter().eq(records.values().map(Record::summary)));
        for record in records.values() {
            assert_eq!(shelf.record(record.id).as_ref(), Some(record));
            let found = record.key.as_ref().map(|key| shelf.find(&record.flow, key));
            assert!(found.is_none_or(|found| found.as_ref() == Some(record)));
        }
        let live = records.values().filter(|record| record.status == Status::Live).count();
        assert_eq!(shelf.histogram().iter().map(|count| count.records).sum::<u64>(), live as u64);
        assert_eq!(shelf.room.held(), shelf.entries.values().map(Entry::size).sum::<usize>());
    }

    #[test]
    fn many_records_come_change_and_go() {
        let (mut shelf, mut records) = (Shelf::default(), BTreeMap::<Id, Record>::new());
        let mut claimed = 0;
        for step in 0..6000 {
            let number = step * 7919 % 701;
            let new = record(number, 1, number);
            let written = match records.get(&new.id) {
                None => shelf.create(&new, usize::MAX).map(|()| records.insert(new.id, new)),
                Some(there) if step.is_multiple_of(6) => {
                    shelf.delete(there.id, there.version).map(|()| records.remove(&new.id))
                }
                Some(there) => {
                    let next = Record { id: there.id, ..record(number, there.version + 1, step) };
                    shelf.commit(&next, &[], usize::MAX).map(|()| records.insert(next.id, next))
                }
            };
            written.expect("nobody else writes");
            if step.is_multiple_of(40) {
                let due = shelf.claim_due(&["order"], time(step), time(step + 300), 5);
                assert!(due.iter().all(|id| records[id].flow == "order" && records[id].due <= Some(time(step))));
                claimed += due.len();
                let expired = |record: &Record| record.expires.is_some_and(|expires| expires <= time(step));
                let before = records.len();
                let cleaned = shelf.clean(time(step), 20);
                records.retain(|id, record| !expired(record) || shelf.record(*id).is_some());
                assert_eq!(before - records.len(), cleaned as usize);
                assert!(cleaned == 20 || !records.values().any(expired));
            }
            if step.is_multiple_of(200) {
                compare(&shelf, &records);
            }
        }
        assert!(claimed > 100 && records.len() > 100);
        for record in records.into_values() {
            shelf.delete(record.id, record.version).expect("it is there");
        }
        compare(&shelf, &BTreeMap::new());
    }

    #[test]
    fn what_expires_makes_room_and_nothing_stays_taken() {
        let (mut shelf, total) = (Shelf::default(), 1 << 20);
        let large = |number| Record { body: vec![0; 5000].into(), ..record(number, 1, 1) };
        for round in [0, 10_000] {
            let first = (round..).find(|&number| shelf.create(&large(number), total).is_err()).expect("it is full");
            assert!((first - round) * 5000 > total * 4 / 5, "{first}");
            let event = StoredEvent { id: "event".into(), body: vec![0; 5000] };
            assert_eq!(shelf.push(large(round).id, &event, &Bounds::default()).ok(), Some(Pushed::New));
            shelf.commit(&Record { version: 2, ..large(round) }, &["event".into()], total).expect("there is a rest");
            assert_eq!(shelf.push(large(round).id, &event, &Bounds::default()).ok(), Some(Pushed::Duplicate));
            shelf.claim_due(&["checkout", "order"], Time::MAX, Time::MAX, 3);
            assert_eq!(shelf.clean(Time::MAX, usize::MAX), (first - round) as u64);
            assert_eq!(shelf.room.held(), 0);
        }
    }
}
