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
}

/// A question of a flow, and what wrote those that wait at it.
pub(super) struct Place {
    pub(super) flow: Text,
    pub(super) question: Text,
    pub(super) schema: Schema,
    /// How many records are there. It goes with the last of them.
    records: usize,
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
    /// Where a record comes to.
    pub(super) fn enter(&mut self, record: &Record) -> Slot {
        let slot = match self.ordered.binary_search_by(|&slot| self.all[slot].cmp(record)) {
            Ok(at) => self.ordered[at],
            Err(at) => {
                let Record { flow, question, schema, .. } = record;
                let (flow, question) = (flow.clone(), question.clone());
                let slot = self.all.insert(Place { flow, question, schema: *schema, records: 0 });
                self.ordered.insert(at, slot);
                slot
            }
        };
        self.all[slot].records += 1;
        slot
    }

    /// Where a record comes to that was there.
    pub(super) fn go_on(&mut self, from: Slot, record: &Record) -> Slot {
        if self.all[from].cmp(record).is_eq() {
            return from;
        }
        let to = self.enter(record);
        self.leave(from);
        to
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
