//! How much comes in how much time: a token bucket that is kept as one moment.

use std::time::Duration;

use crate::moment::Moment;

/// The bucket, by when it will be full again.
#[derive(Debug, Default)]
pub(super) struct Rate {
    full: Option<Moment>,
}

impl Rate {
    /// Whether one message more is more than `rate` in a second; as many may come at once.
    #[inline]
    pub(super) fn is_exceeded(&mut self, rate: u32, now: impl FnOnce() -> Moment) -> bool {
        if rate == u32::MAX {
            return false;
        }
        let now = now();
        let worth = Duration::from_secs(1) / rate.max(1);
        self.full = self.full.map_or(now, |full| full.max(now)).checked_add(worth);
        self.full.is_none_or(|full| full.since(now) > Duration::from_secs(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_may_come_at_once_and_then_as_many_in_a_second() {
        let start = Moment::now();
        let at = |millis| move || start.checked_add(Duration::from_millis(millis)).expect("it comes");
        let mut rate = Rate::default();
        assert!((0..10).all(|_| !rate.is_exceeded(10, at(0))), "at once");
        assert!(!rate.is_exceeded(10, at(100)));
        assert!(rate.is_exceeded(10, at(100)));
        let mut rate = Rate::default();
        assert!((1..100).all(|n| !rate.is_exceeded(10, at(100 * n))), "a steady stream");
        assert!((0..10).all(|_| !rate.is_exceeded(10, at(20_000))) && rate.is_exceeded(10, at(20_000)));
    }

    #[test]
    fn no_limit_is_none() {
        let mut rate = Rate::default();
        assert!((0..1000).all(|_| !rate.is_exceeded(u32::MAX, || unreachable!("it does not matter"))));
        assert!(!rate.is_exceeded(1, Moment::now), "what came before there was one does not count");
    }
}
