//! Who waits for room in the outbox: one behind the other, and nobody overtakes.

use std::collections::VecDeque;
use std::task::Waker;

/// Those who wait. It holds nothing as long as nobody does.
#[derive(Debug, Default)]
pub(super) struct Line(Option<Box<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    /// In their order.
    wakers: VecDeque<(Spot, Waker)>,
    last: u64,
}

/// Where somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot(u64);

impl Line {
    /// Whether nobody stands ahead of whoever has this spot, or would come now.
    pub(super) fn is_turn_of(&self, spot: Option<Spot>) -> bool {
        self.0.as_ref().is_none_or(|waiting| waiting.wakers.front().map(|(first, _)| *first) == spot)
    }

    /// Waits on where one stands, or at the end.
    pub(super) fn wait(&mut self, spot: Option<Spot>, waker: &Waker) -> Spot {
        let waiting = self.0.get_or_insert_default();
        if let Some(spot) = spot
            && let Ok(at) = waiting.wakers.binary_search_by_key(&spot, |(spot, _)| *spot)
        {
            waiting.wakers[at].1.clone_from(waker);
            return spot;
        }
        waiting.last += 1;
        waiting.wakers.push_back((Spot(waiting.last), waker.clone()));
        Spot(waiting.last)
    }

    /// Leaves, whether one's turn has come or not. Who is first now, where that was the first.
    pub(super) fn leave(&mut self, spot: Spot) -> Option<Waker> {
        let waiting = self.0.as_mut()?;
        let at = waiting.wakers.binary_search_by_key(&spot, |(spot, _)| *spot).ok()?;
        waiting.wakers.remove(at);
        if waiting.wakers.is_empty() {
            self.0 = None;
        }
        if at == 0 { self.first() } else { None }
    }

    /// Who is first.
    pub(super) fn first(&self) -> Option<Waker> {
        self.0.as_ref()?.wakers.front().map(|(_, waker)| waker.clone())
    }

    /// Wakes everybody, since there will be no room any more.
    pub(super) fn dissolve(self) {
        if let Some(waiting) = self.0 {
            waiting.wakers.into_iter().for_each(|(_, waker)| waker.wake());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Woken(AtomicU32);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn one_stands_behind_the_other_until_one_leaves() {
        let mut line = Line::default();
        assert!(line.is_turn_of(None), "nobody is there");
        let [first, second, third] = [(); 3].map(|()| line.wait(None, Waker::noop()));
        assert_eq!(line.wait(Some(second), Waker::noop()), second, "where it stood");
        assert_eq!([Some(first), Some(second), None].map(|spot| line.is_turn_of(spot)), [true, false, false]);
        assert!(line.leave(second).is_none(), "it was not the first");
        assert!(line.leave(first).is_some(), "another one is first now");
        assert!(line.leave(first).is_none(), "it has left already");
        assert!(line.is_turn_of(Some(third)) && !line.is_turn_of(None));
        assert!(line.leave(third).is_none());
        assert!(line.0.is_none(), "nothing is held");
    }

    #[test]
    fn who_is_first_is_woken_by_the_waker_shown_last() {
        let (before, after) = (Arc::new(Woken::default()), Arc::new(Woken::default()));
        let mut line = Line::default();
        let spot = line.wait(None, &Arc::clone(&before).into());
        line.wait(Some(spot), &Arc::clone(&after).into());
        line.wait(None, &Arc::clone(&before).into());
        line.first().expect("somebody waits").wake();
        assert_eq!([&before, &after].map(|woken| woken.0.load(Ordering::Relaxed)), [0, 1]);
        line.dissolve();
        assert_eq!([&before, &after].map(|woken| woken.0.load(Ordering::Relaxed)), [1, 2]);
    }
}
