//! Wakers in a line: one behind the other, and nobody overtakes.

use std::collections::VecDeque;
use std::task::Waker;

/// For how many there is room while nobody waits.
const FEW: usize = 64;

/// Those who wait.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// In their order.
    wakers: VecDeque<(Spot, Waker)>,
    last: u64,
}

/// Where somebody stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot(u64);

impl Line {
    pub(crate) fn is_empty(&self) -> bool {
        self.wakers.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.wakers.len()
    }

    /// Whether nobody stands ahead of whoever has this spot, or would come now.
    pub(crate) fn is_turn_of(&self, spot: Option<Spot>) -> bool {
        self.wakers.front().is_none_or(|(first, _)| Some(*first) == spot)
    }

    /// Waits on where one stands, or at the end.
    pub(crate) fn wait(&mut self, spot: Option<Spot>, waker: &Waker) -> Spot {
        if let Some(spot) = spot
            && let Some(at) = self.find(spot)
        {
            self.wakers[at].1.clone_from(waker);
            return spot;
        }
        self.last += 1;
        self.wakers.push_back((Spot(self.last), waker.clone()));
        Spot(self.last)
    }

    /// Leaves, whether one's turn has come or not. How many stood ahead; nothing where that has happened before.
    pub(crate) fn leave(&mut self, spot: Spot) -> Option<usize> {
        let at = self.find(spot)?;
        self.wakers.remove(at);
        self.shrink();
        Some(at)
    }

    /// Who is first.
    pub(crate) fn first(&self) -> Option<Waker> {
        self.wakers.front().map(|(_, waker)| waker.clone())
    }

    /// Has the first leave.
    pub(crate) fn take_first(&mut self) -> Option<(Spot, Waker)> {
        let first = self.wakers.pop_front();
        self.shrink();
        first
    }

    /// Wakes everybody, since there is nothing to wait for any more.
    pub(crate) fn dissolve(self) {
        self.wakers.into_iter().for_each(|(_, waker)| waker.wake());
    }

    fn find(&self, spot: Spot) -> Option<usize> {
        let (first, _) = self.wakers.front()?;
        // Most who ask have been the first, and are no longer there.
        (*first <= spot).then(|| self.wakers.binary_search_by_key(&spot, |(spot, _)| *spot).ok()).flatten()
    }

    fn shrink(&mut self) {
        if self.wakers.is_empty() && self.wakers.capacity() > FEW {
            self.wakers = VecDeque::new(); // A crowd is behind it.
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::woken::Woken;

    #[test]
    fn one_stands_behind_the_other_until_one_leaves() {
        let mut line = Line::default();
        assert!(line.is_turn_of(None), "nobody is there");
        let [first, second, third] = [(); 3].map(|()| line.wait(None, Waker::noop()));
        assert_eq!(line.wait(Some(second), Waker::noop()), second, "where it stood");
        assert_eq!([Some(first), Some(second), None].map(|spot| line.is_turn_of(spot)), [true, false, false]);
        assert_eq!([second, first, first].map(|spot| line.leave(spot)), [Some(1), Some(0), None]);
        assert!(line.is_turn_of(Some(third)) && !line.is_turn_of(None));
        assert_eq!(line.take_first().map(|(spot, _)| spot), Some(third));
        assert!(line.is_empty() && line.take_first().is_none());
    }

    #[test]
    fn who_is_first_is_woken_by_the_waker_shown_last() {
        let (woken, [before, after]) = Woken::some();
        let times = || woken.each_ref().map(|woken| woken.times());
        let mut line = Line::default();
        let spot = line.wait(None, &before);
        line.wait(Some(spot), &after);
        line.wait(None, &before);
        line.first().expect("somebody waits").wake();
        assert_eq!(times(), [0, 1]);
        line.dissolve();
        assert_eq!(times(), [1, 2]);
    }

    #[test]
    fn no_room_is_kept_for_a_crowd_that_has_gone() {
        let mut line = Line::default();
        for _ in 0..=FEW {
            line.wait(None, Waker::noop());
        }
        while line.take_first().is_some() {}
        assert_eq!(line.wakers.capacity(), 0);
    }
}
