//! Where each record stands, in the order of their names.
//!
//! Names are of sixteen bytes, and stand with the records. Of each there are four bytes here, by which nearly all can be
//! told apart; the others are asked for.

use std::cmp::Ordering;
use std::mem;

use super::slab::Slot;
use crate::store::Id;

/// How many names stand together at most, and by how many their room grows.
const MOST: usize = 256;
const STEP: usize = 16;

/// Blocks of names, none of them empty, and all in order.
#[derive(Default)]
pub(super) struct Names(Vec<Vec<Name>>);

#[derive(Clone, Copy)]
struct Name {
    /// How it begins.
    head: u32,
    slot: Slot,
}

/// Where a name is not, and would be.
pub(super) struct Gap {
    block: usize,
    at: usize,
}

impl Name {
    fn new(id: Id, slot: Slot) -> Self {
        Name { head: head(id), slot }
    }

    fn cmp(&self, id: Id, id_at: &impl Fn(Slot) -> Id) -> Ordering {
        self.head.cmp(&head(id)).then_with(|| id_at(self.slot).cmp(&id))
    }
}

fn head(id: Id) -> u32 {
    let [a, b, c, d, ..] = *id.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// Each method is told how to find out the name of what stands somewhere.
impl Names {
    /// The block, and where in it, or where it would be.
    fn seek(&self, id: Id, id_at: &impl Fn(Slot) -> Id) -> (usize, Result<usize, usize>) {
        let behind = self.0.partition_point(|block| block[0].cmp(id, id_at).is_le());
        let block = behind.saturating_sub(1);
        let names = self.0.get(block).map_or(&[][..], |names| names);
        (block, names.binary_search_by(|name| name.cmp(id, id_at)))
    }

    pub(super) fn find(&self, id: Id, id_at: impl Fn(Slot) -> Id) -> Result<Slot, Gap> {
        match self.seek(id, &id_at) {
            (block, Ok(at)) => Ok(self.0[block][at].slot),
            (block, Err(at)) => Err(Gap { block, at }),
        }
    }

    /// Adds one where it was not, and nothing was changed since.
    pub(super) fn fill(&mut self, Gap { block, at }: Gap, id: Id, slot: Slot) {
        let Some(names) = self.0.get_mut(block) else { return self.0.push(vec![Name::new(id, slot)]) };
        if names.len() == names.capacity() {
            names.reserve_exact(STEP);
        }
        names.insert(at, Name::new(id, slot));
        if names.len() == MOST {
            let half = names.split_off(MOST / 2);
            names.shrink_to_fit();
            self.0.insert(block + 1, half);
        }
    }

    /// Removes one that is still there.
    pub(super) fn remove(&mut self, id: Id, id_at: impl Fn(Slot) -> Id) {
        let (block, Ok(at)) = self.seek(id, &id_at) else { return };
        let names = &mut self.0[block];
        names.remove(at);
        if names.is_empty() {
            self.0.remove(block);
        } else if names.len() < MOST / 4 {
            self.join(block);
        }
    }

    /// Puts the block beside this one into it, where that leaves room.
    fn join(&mut self, block: usize) {
        let first = block.min(self.0.len().saturating_sub(2));
        if let [one, other, ..] = &mut self.0[first..]
            && one.len() + other.len() < MOST * 3 / 4
        {
            let mut other = mem::take(other);
            one.reserve_exact(other.len());
            one.append(&mut other);
            self.0.remove(first + 1);
        }
    }

    /// Those behind this one.
    pub(super) fn behind(&self, after: Option<Id>, id_at: impl Fn(Slot) -> Id) -> impl Iterator<Item = Slot> {
        let (block, at) = after.map_or((0, 0), |after| match self.seek(after, &id_at) {
            (block, Ok(at)) => (block, at + 1),
            (block, Err(at)) => (block, at),
        });
        let blocks = self.0.get(block..).unwrap_or_default();
        blocks.iter().flatten().skip(at).map(|name| name.slot)
    }
}
