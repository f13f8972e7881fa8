//! Dates of what stands in slots, which are looked through once they have come.
//!
//! Nearly every write sets one, and to look for those that have come is rare: so they are in no order. Of each page it is
//! known before when there is nothing to be found on it.

use std::iter;
use std::mem;

use super::slab::{PAGE, Slot};
use crate::store::Time;

#[derive(Default)]
pub(super) struct Dates(Vec<Page>);

struct Page {
    /// None is earlier.
    first: Time,
    /// How many there are.
    count: u32,
    /// No room at all where there is none.
    dates: Box<[Option<Time>]>,
}

impl Dates {
    pub(super) fn get(&self, slot: Slot) -> Option<Time> {
        let (page, at) = slot.place();
        *self.0.get(page)?.dates.get(at)?
    }

    pub(super) fn set(&mut self, slot: Slot, date: Option<Time>) {
        let (number, at) = slot.place();
        if self.0.len() <= number {
            self.0.resize_with(number + 1, Page::default);
        }
        self.0[number].set(at, date);
    }

    /// Those whose dates have come. Whoever sets them to later ones, or to none, will not find them again.
    pub(super) fn until(&mut self, now: Time) -> impl Iterator<Item = Slot> {
        let pages = self.0.iter_mut().enumerate().filter(move |(_, page)| page.first <= now);
        pages.flat_map(move |(number, page)| {
            page.first = page.dates.iter().flatten().copied().min().unwrap_or(Time::MAX);
            let dates = page.dates.iter().enumerate();
            dates
                .filter(move |(_, date)| date.is_some_and(|date| date <= now))
                .map(move |(at, _)| Slot::new(number, at))
        })
    }
}

impl Page {
    fn set(&mut self, at: usize, date: Option<Time>) {
        if self.count == 0 && date.is_some() {
            self.dates = iter::repeat_n(None, PAGE).collect();
        }
        let Some(place) = self.dates.get_mut(at) else { return };
        let before = mem::replace(place, date);
        self.count = self.count + u32::from(date.is_some()) - u32::from(before.is_some());
        self.first = date.map_or(self.first, |date| date.min(self.first));
        if self.count == 0 {
            *self = Page::default();
        }
    }
}

impl Default for Page {
    fn default() -> Self {
        Page { first: Time::MAX, count: 0, dates: Box::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(millis: usize) -> Time {
        Time::from_millis(millis as u64)
    }

    fn slot(number: usize) -> Slot {
        Slot::new(number / PAGE, number % PAGE)
    }

    #[test]
    fn those_are_found_that_have_come() {
        let mut dates = Dates::default();
        let mut all = vec![None; 5 * PAGE];
        for step in 0..20_000 {
            let (number, millis) = (step * 7919 % all.len(), step * 31 % 1000);
            all[number] = Some(date(millis)).filter(|_| !step.is_multiple_of(3));
            dates.set(slot(number), all[number]);
            assert_eq!(dates.get(slot(number)), all[number]);
            if step.is_multiple_of(50) {
                let now = date(step * 13 % 1000);
                let found: Vec<_> = dates.until(now).collect();
                let come = (0..all.len()).filter(|&number| all[number].is_some_and(|date| date <= now));
                assert!(come.map(slot).eq(found));
            }
        }
    }

    #[test]
    fn without_dates_there_is_no_room_for_them() {
        let mut dates = Dates::default();
        dates.set(slot(PAGE), None);
        assert_eq!(dates.get(slot(PAGE)), None);
        for number in 0..3 * PAGE {
            dates.set(slot(number), Some(Time::MAX));
        }
        assert_eq!(dates.until(Time::MAX).count(), 3 * PAGE);
        for number in 0..3 * PAGE {
            dates.set(slot(number), None);
        }
        assert!(dates.0.iter().all(|page| page.dates.is_empty()));
        assert_eq!(dates.until(Time::MAX).count(), 0);
    }
}
