//! Who can be claimed, by when.
//!
//! A turn mostly puts it off: whoever is listed too early stays there, and is listed anew when that date has come.

use std::collections::BTreeSet;
use std::ops::Bound;

use super::dates::Dates;
use super::slab::Slot;
use crate::store::Time;

#[derive(Default)]
pub(super) struct Wakes {
    list: BTreeSet<(Time, Slot)>,
    listed: Dates,
}

impl Wakes {
    pub(super) fn set(&mut self, slot: Slot, wake: Option<Time>) {
        let listed = self.listed.get(slot);
        if wake < listed || listed.is_none() && wake.is_some() {
            self.relist(slot, listed, wake);
        }
    }

    fn relist(&mut self, slot: Slot, listed: Option<Time>, wake: Option<Time>) {
        listed.map(|listed| self.list.remove(&(listed, slot)));
        self.list.extend(wake.map(|wake| (wake, slot)));
        self.listed.set(slot, wake);
    }

    /// The first `most` that can be claimed by now and pass. It is told how to find out since when.
    pub(super) fn until(
        &mut self,
        now: Time,
        most: usize,
        wake_at: impl Fn(Slot) -> Option<Time>,
        passes: impl Fn(Slot) -> bool,
    ) -> Vec<Slot> {
        let mut found = Vec::new();
        let mut next = self.list.first().copied();
        while let Some(listed @ (date, slot)) = next
            && date <= now
            && found.len() < most
        {
            let wake = wake_at(slot);
            if wake != Some(date) {
                self.relist(slot, Some(date), wake);
            } else if passes(slot) {
                found.push(slot);
            }
            next = self.list.range((Bound::Excluded(listed), Bound::Unbounded)).next().copied();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(millis: usize) -> Time {
        Time::from_millis(millis as u64)
    }

    #[test]
    fn those_are_found_who_can_be_claimed_in_order() {
        let mut wakes = Wakes::default();
        let mut all = [None; 40];
        let slot = |number| Slot::new(number / 10, number % 10);
        let at = |slot: Slot| slot.place().0 * 10 + slot.place().1;
        for step in 0..20_000 {
            let (number, millis) = (step * 7919 % 40, step * 31 % 1000);
            all[number] = Some(date(millis)).filter(|_| !step.is_multiple_of(3));
            wakes.set(slot(number), all[number]);
            if step.is_multiple_of(50) {
                let (now, most) = (date(step * 13 % 1000), step % 7);
                let passes = |number: usize| number % 4 != step % 4;
                let found = wakes.until(now, most, |slot| all[at(slot)], |slot| passes(at(slot)));
                let come = (0..40).filter(|&number| passes(number) && all[number].is_some_and(|date| date <= now));
                let mut come: Vec<_> = come.map(|number| (all[number], slot(number))).collect();
                come.sort_unstable();
                assert!(come.into_iter().take(most).map(|(_, slot)| slot).eq(found));
            }
        }
        all.fill(None);
        (0..40).for_each(|number| wakes.set(slot(number), None));
        assert!(wakes.list.is_empty());
    }
}
