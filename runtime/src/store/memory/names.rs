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

/// Where a name is, or would be if it were there.
pub(super) struct Gap {
    block: usize,
    at: usize,
}

fn head(id: Id) -> u32 {
    let [a, b, c, d, ..] = *id.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// Each method is told how to find out the name of what stands somewhere.
impl Names {
    /// Where a name is or would be: behind all that come before it.
    fn seek(&self, order: impl Fn(&Name) -> Ordering) -> Gap {
        let behind = self.0.partition_point(|names| names.first().is_some_and(|name| order(name).is_le()));
        let block = behind.saturating_sub(1);
        let at = self.0.get(block).map_or(0, |names| names.partition_point(|name| order(name).is_lt()));
        Gap { block, at }
    }

    fn at(&self, Gap { block, at }: &Gap) -> Option<Name> {
        self.0.get(*block)?.get(*at).copied()
    }

    pub(super) fn find(&self, id: Id, id_at: impl Fn(Slot) -> Id) -> Result<Slot, Gap> {
        let head = head(id);
        let gap = self.seek(|name| name.head.cmp(&head));
        match self.at(&gap).filter(|name| name.head == head) {
            None => Err(gap),
            Some(name) if id_at(name.slot) == id => Ok(name.slot),
            Some(_) => self.find_among_alike(id, &id_at),
        }
    }

    /// The same where several begin alike.
    #[cold]
    fn find_among_alike(&self, id: Id, id_at: &impl Fn(Slot) -> Id) -> Result<Slot, Gap> {
        let gap = self.seek(whole(id, id_at));
        let name = self.at(&gap).filter(|name| id_at(name.slot) == id);
        name.map(|name| name.slot).ok_or(gap)
    }

    /// Adds one where it was not, and nothing was changed since.
    pub(super) fn fill(&mut self, Gap { block, at }: Gap, id: Id, slot: Slot) {
        let name = Name { head: head(id), slot };
        let Some(names) = self.0.get_mut(block) else { return self.0.push(vec![name]) };
        if names.len() == names.capacity() {
            names.reserve_exact(STEP);
        }
        names.insert(at, name);
        if names.len() == MOST {
            let half = names.split_off(MOST / 2);
            names.shrink_to_fit();
            self.0.insert(block + 1, half);
        }
    }

    /// Removes one that is still there.
    pub(super) fn remove(&mut self, id: Id, id_at: impl Fn(Slot) -> Id) {
        let Gap { block, at } = self.seek(whole(id, &id_at));
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
        let first = after.map_or(Gap { block: 0, at: 0 }, |after| self.seek(whole(after, &id_at)));
        let names = self.0.get(first.block..).unwrap_or_default().iter().flatten().skip(first.at).map(|name| name.slot);
        names.skip_while(move |&slot| Some(id_at(slot)) == after)
    }
}

/// How names compare with this one, by all of both.
fn whole(id: Id, id_at: &impl Fn(Slot) -> Id) -> impl Fn(&Name) -> Ordering {
    move |name| name.head.cmp(&head(id)).then_with(|| id_at(name.slot).cmp(&id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::slab::PAGE;
    use super::*;

    /// Names that begin alike in many ways, in no order.
    fn id(number: usize, heads: u32) -> Id {
        let number = (number as u32).wrapping_mul(0x9E37_79B9);
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&(number % heads).to_be_bytes());
        bytes[12..].copy_from_slice(&number.to_be_bytes());
        Id::from_bytes(bytes)
    }

    fn slot(number: usize) -> Slot {
        Slot::new(number / PAGE, number % PAGE)
    }

    /// The same names in a tree.
    struct Both {
        heads: u32,
        names: Names,
        tree: BTreeMap<Id, Slot>,
    }

    impl Both {
        fn id_at(&self) -> impl Fn(Slot) -> Id + use<> {
            let heads = self.heads;
            move |slot| id(slot.place().0 * PAGE + slot.place().1, heads)
        }

        /// Adds a name that is not there, or removes it.
        fn change(&mut self, number: usize) {
            let id = id(number, self.heads);
            match self.names.find(id, self.id_at()) {
                Ok(found) => {
                    assert_eq!(self.tree.remove(&id), Some(found));
                    self.names.remove(id, self.id_at());
                }
                Err(gap) => {
                    assert_eq!(self.tree.insert(id, slot(number)), None);
                    self.names.fill(gap, id, slot(number));
                }
            }
        }

        fn check(&self) {
            let all: Vec<_> = self.names.behind(None, self.id_at()).collect();
            assert!(all.iter().eq(self.tree.values()));
            for number in [0, 1, 17, 999] {
                let after = id(number, self.heads);
                let behind = self.names.behind(Some(after), self.id_at());
                assert!(behind.eq(self.tree.iter().filter(|(id, _)| **id > after).map(|(_, &slot)| slot)));
            }
            assert!(self.names.0.iter().all(|names| !names.is_empty() && names.len() < MOST));
        }

        fn room(&self) -> usize {
            self.names.0.iter().map(Vec::capacity).sum()
        }
    }

    #[test]
    fn names_are_where_a_tree_has_them() {
        for heads in [1, 2, 7, u32::MAX] {
            let mut both = Both { heads, names: Names::default(), tree: BTreeMap::new() };
            both.check();
            for round in 0..4 {
                for number in (0..3000).filter(|number| round == 0 || number % 5 < 4 || number % 11 < round) {
                    both.change(number);
                    if number % 100 == 0 {
                        both.check();
                    }
                }
                both.check();
            }
        }
    }

    #[test]
    fn they_take_little_more_room_than_there_are() {
        let mut both = Both { heads: u32::MAX, names: Names::default(), tree: BTreeMap::new() };
        (0..10_000).for_each(|number| both.change(number));
        assert!(both.room() < 11_500, "{}", both.room());
        (0..10_000).filter(|number| number % 20 != 0).for_each(|number| both.change(number));
        both.check();
        assert!(both.room() < 1_500, "{}", both.room());
    }
}
