//! How much comes in how much time: a token bucket that is kept as one moment.
//!
//! What is counted is what is read, and not what is sent. Where reading has waited for room, what then comes at once was sent in
//! the meantime, and has that time to be counted in. It is used up second by second, and only where there is too much otherwise:
//! a connection that has never waited knows nothing of it.

use std::time::Duration;

use super::Link;
use crate::moment::Moment;

const SECOND: Duration = Duration::from_secs(1);

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
        let worth = SECOND / rate.max(1);
        self.full = self.full.map_or(now, |full| full.max(now)).checked_add(worth);
        self.full.is_none_or(|full| full.since(now) > SECOND)
    }

    /// Whether it is not too much after all, since it may have waited from `backlog` on, of which so much is used up.
    pub(super) fn has_waited(&mut self, backlog: &mut Option<Moment>, now: Moment) -> bool {
        let (Some(since), Some(full)) = (*backlog, self.full) else { return false };
        let time = now.since(since).min(SECOND);
        *backlog = since.checked_add(time);
        self.full = Some(full.earlier(time));
        full.earlier(time).since(now) <= SECOND
    }
}

impl<IO> Link<IO> {
    /// There is no room: what comes behind this is not read when it comes.
    #[cold]
    pub(super) fn note_backlog(&mut self) {
        self.aside.things().backlog.get_or_insert_with(Moment::now);
    }

    /// All that had waited is read.
    #[cold]
    pub(super) fn forget_backlog(&mut self) {
        self.aside.take(|things| &mut things.backlog);
    }

    /// Whether what comes now may have come while there was no room for it, and is not too much for that time.
    #[cold]
    pub(super) fn has_waited(&mut self) -> bool {
        let rate = &mut self.rate;
        self.aside.get_mut().is_some_and(|things| rate.has_waited(&mut things.backlog, Moment::now()))
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
    fn what_has_waited_counts_for_the_time_in_which_it_could_have_come() {
        let at = |seconds| Moment::now().checked_add(Duration::from_secs(seconds)).expect("it comes");
        let (start, end) = (at(0), at(30));
        let (mut rate, mut backlog) = (Rate::default(), Some(start));
        let mut comes = || !rate.is_exceeded(10, || end) || rate.has_waited(&mut backlog, end);
        assert_eq!((0..1_000).take_while(|_| comes()).count(), 310, "of thirty seconds, and at once");
    }

    #[test]
    fn no_limit_is_none() {
        let mut rate = Rate::default();
        assert!((0..1000).all(|_| !rate.is_exceeded(u32::MAX, || unreachable!("it does not matter"))));
        assert!(!rate.is_exceeded(1, Moment::now), "what came before there was one does not count");
    }
}
