//! Where conversations wait, once for all that wait there.

use std::cmp::Ordering;
use std::ops::Index;
use std::ptr;

use super::slab::{Slab, Slot};
use crate::message::Text;
use crate::store::{Record, Schema};

#[derive(Default)]
pub(super) struct Places {
    all: Slab<Place>,
    /// There are few, so that to compare them is less than to hash one.
    ordered: Vec<Slot>,
    /// Where the last record came to that was new.
    first: Option<Slot>,
}

/// A question of a flow, and what wrote those that wait at it.
pub(super) struct Place {
    pub(super) flow: Text,
    pub(super) question: Text,
    pub(super) schema: Schema,
    /// How many records are there. It goes with the last of them.
    records: usize,
    /// Where the last record went from here: so does the next one, mostly.
    next: Option<Slot>,
}

impl Place {
    /// In an order in which mostly the first question tells two apart, or tells that they are the same.
    fn cmp(&self, record: &Record) -> Ordering {
        let ordering = cmp(&self.question, &record.question).then_with(|| cmp(&self.flow, &record.flow));
        ordering.then_with(|| self.schema.cmp(&record.schema))
    }
}

fn cmp(one: &str, other: &str) -> Ordering {
    // Mostly it is the same text of the program.
    if ptr::eq(one, other) {
        return Ordering::Equal;
    }
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

impl Places {
    /// Where a new record comes to.
    pub(super) fn enter(&mut self, record: &Record) -> Slot {
        let to = self.find(record, self.first);
        self.first = Some(to);
        self.all[to].records += 1;
        to
    }

    /// Where a record comes to that was there.
    pub(super) fn go_on(&mut self, from: Slot, record: &Record) -> Slot {
        let here = &self.all[from];
        if here.cmp(record).is_eq() {
            return from;
        }
        let to = self.find(record, here.next);
        self.all[from].next = Some(to);
        self.all[to].records += 1;
        self.leave(from);
        to
    }

    /// A record's place, of which there is a guess.
    fn find(&mut self, record: &Record, guess: Option<Slot>) -> Slot {
        if let Some(slot) = guess
            && self.all.get(slot).is_some_and(|place| place.cmp(record).is_eq())
        {
            return slot;
        }
        let at = match self.ordered.binary_search_by(|&slot| self.all[slot].cmp(record)) {
            Ok(at) => return self.ordered[at],
            Err(at) => at,
        };
        let Record { flow, question, schema, .. } = record;
        let (flow, question) = (flow.clone(), question.clone());
        let slot = self.all.insert(Place { flow, question, schema: *schema, records: 0, next: None });
        self.ordered.insert(at, slot);
        slot
    }

    /// Has one record less there.
    pub(super) fn leave(&mut self, slot: Slot) {
        self.all[slot].records -= 1;
        if self.all[slot].records == 0 {
            self.all.remove(slot);
            self.ordered.retain(|known| *known != slot);
        }
    }
}

impl Index<Slot> for Places {
    type Output = Place;

    fn index(&self, slot: Slot) -> &Place {
        &self.all[slot]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Id;

    fn record(question: u8, schema: u8) -> Record {
        let question = ["age", "name", "address"][question as usize % 3];
        Record::new(Id::from_bytes([0; 16]), "checkout".to_owned(), question, Schema::from_bytes([schema; 16]))
    }

    #[test]
    fn all_that_wait_at_one_place_are_there_and_it_goes_with_the_last() {
        let mut places = Places::default();
        let entered = |places: &mut Places| [0, 1, 2, 3, 4, 5].map(|number| places.enter(&record(number, number / 3)));
        let slots = entered(&mut places);
        assert_eq!(slots, entered(&mut places), "it is the same text, wherever it stands");
        for (number, slot) in (0..).zip(slots) {
            let place = &places[slot];
            assert!(place.cmp(&record(number, number / 3)).is_eq());
            assert_eq!(place.records, 2);
        }
        for slot in slots.into_iter().chain(slots) {
            places.leave(slot);
        }
        assert!(places.all.values().next().is_none() && places.ordered.is_empty());
    }

    #[test]
    fn records_go_where_others_went_and_elsewhere() {
        let mut places = Places::default();
        for questions in [[0, 1, 2], [0, 1, 2], [0, 2, 1], [1, 1, 0]] {
            let mut slot = places.enter(&record(questions[0], 0));
            for question in questions {
                slot = places.go_on(slot, &record(question, 0));
                assert!(places[slot].cmp(&record(question, 0)).is_eq());
            }
            // Others come to where it was.
            places.leave(slot);
            assert_eq!(places.all.values().count(), 0);
        }
    }
}
