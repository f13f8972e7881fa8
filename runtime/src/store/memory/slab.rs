//! Values side by side, each at a number of its own for as long as it is there.
//!
//! They stand on pages: to add one moves no other, and a page from which all have gone is given back.

use std::collections::BTreeSet;
use std::iter;
use std::ops::{Index, IndexMut};

/// How many stand on a page.
pub(super) const PAGE: usize = u64::BITS as usize;

/// The number of a value. Once that has gone, another one may have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot(u32);

impl Slot {
    pub(super) fn new(page: usize, at: usize) -> Self {
        Slot(u32::try_from(page * PAGE + at).expect("no memory holds so many"))
    }

    /// The page, and where on it.
    pub(super) fn place(self) -> (usize, usize) {
        (self.0 as usize / PAGE, self.0 as usize % PAGE)
    }
}

pub(super) struct Slab<T> {
    pages: Vec<Page<T>>,
    /// The pages that are not full. The first of them is filled, so that the last ones empty.
    room: BTreeSet<usize>,
}

struct Page<T> {
    /// A bit for each value that is there.
    taken: u64,
    /// No room at all where none is.
    values: Box<[Option<T>]>,
}

impl<T> Slab<T> {
    pub(super) fn insert(&mut self, value: T) -> Slot {
        let number = self.room.first().copied().unwrap_or(self.pages.len());
        if number == self.pages.len() {
            self.pages.push(Page { taken: 0, values: Box::default() });
            self.room.insert(number);
        }
        let page = &mut self.pages[number];
        if page.taken == 0 {
            page.values = iter::repeat_with(|| None).take(PAGE).collect();
        }
        let at = page.taken.trailing_ones() as usize;
        page.values[at] = Some(value);
        page.taken |= 1 << at;
        if page.taken == u64::MAX {
            self.room.remove(&number);
        }
        Slot::new(number, at)
    }

    pub(super) fn remove(&mut self, slot: Slot) -> Option<T> {
        let (number, at) = slot.place();
        let page = &mut self.pages[number];
        let value = page.values.get_mut(at)?.take()?;
        if page.taken == u64::MAX {
            self.room.insert(number);
        }
        page.taken &= !(1 << at);
        if page.taken == 0 {
            page.values = Box::default();
        }
        Some(value)
    }

    pub(super) fn get(&self, slot: Slot) -> Option<&T> {
        let (page, at) = slot.place();
        self.pages.get(page)?.values.get(at)?.as_ref()
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(|page| page.values.iter().flatten())
    }
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Slab { pages: Vec::new(), room: BTreeSet::new() }
    }
}

impl<T> Index<Slot> for Slab<T> {
    type Output = T;

    fn index(&self, slot: Slot) -> &T {
        self.get(slot).expect("it has not gone")
    }
}

impl<T> IndexMut<Slot> for Slab<T> {
    fn index_mut(&mut self, slot: Slot) -> &mut T {
        let (page, at) = slot.place();
        self.pages.get_mut(page).and_then(|page| page.values.get_mut(at)?.as_mut()).expect("it has not gone")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_where_it_was_put_until_it_goes() {
        let mut slab = Slab::default();
        let slots: Vec<_> = (0..3 * PAGE).map(|value| slab.insert(value)).collect();
        for (value, &slot) in slots.iter().enumerate().step_by(2) {
            assert_eq!(slab.remove(slot), Some(value));
            assert_eq!(slab.remove(slot), None, "it has gone");
        }
        for (value, &slot) in slots.iter().enumerate().skip(1).step_by(2) {
            assert_eq!(slab[slot], value);
        }
        assert_eq!(slab.values().count(), 3 * PAGE / 2);
    }

    #[test]
    fn what_has_gone_makes_room() {
        let mut slab = Slab::default();
        let slots: Vec<_> = (0..2 * PAGE).map(|value| slab.insert(value)).collect();
        for &slot in &slots {
            slab.remove(slot);
        }
        assert!(slab.pages.iter().all(|page| page.values.is_empty()), "empty pages are given back");
        for slot in slots {
            assert_eq!(slab.insert(0), slot);
        }
        assert!(slab.room.is_empty());
    }
}
