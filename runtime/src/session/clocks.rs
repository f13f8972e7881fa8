//! The clocks of a conversation: that of its question, and the first of its timers.

use std::num::NonZeroI64;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::clock;
use crate::conversation::Input;
use crate::moment::Moment;
use crate::store::Time;
use crate::talk::{Clock, Finish};

/// There is one for each client that is there, so that it is kept small.
pub(super) struct Clocks {
    /// How far dates are ahead of [moments](Moment), in nanoseconds: timers are told by the wall clock, and waiting is done by
    /// the other.
    ahead: i64,
    /// When the question's time runs out.
    silence: Option<Date>,
    /// When the first of the timers rings.
    alarm: Option<Date>,
}

/// A time by the wall clock, in nanoseconds since 1970; not 0, so that to have none takes no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Date(NonZeroI64);

impl Date {
    fn from_nanos(nanos: i64) -> Self {
        const FIRST: NonZeroI64 = NonZeroI64::new(1).expect("it is not 0");
        Date(NonZeroI64::new(nanos).unwrap_or(FIRST))
    }

    /// Nothing where it is centuries away.
    fn new(date: SystemTime) -> Option<Self> {
        let nanos = match date.duration_since(UNIX_EPOCH) {
            Ok(behind) => i64::try_from(behind.as_nanos()).ok()?,
            Err(before) => -i64::try_from(before.duration().as_nanos()).ok()?,
        };
        Some(Date::from_nanos(nanos))
    }
}

impl From<Date> for SystemTime {
    fn from(Date(nanos): Date) -> Self {
        let distance = Duration::from_nanos(nanos.get().unsigned_abs());
        if nanos.get() < 0 { UNIX_EPOCH - distance } else { UNIX_EPOCH + distance }
    }
}

impl Clocks {
    pub(super) fn new() -> Self {
        let now = Date::new(clock::now()).map_or(i64::MAX, |Date(nanos)| nanos.get());
        Clocks { ahead: now.saturating_sub(Moment::now().nanos()), silence: None, alarm: None }
    }

    /// The time by the wall clock.
    pub(super) fn now(&self) -> SystemTime {
        self.date().into()
    }

    fn date(&self) -> Date {
        Date::from_nanos(Moment::now().nanos().saturating_add(self.ahead))
    }

    /// When a date comes.
    fn steady(&self, Date(nanos): Date) -> Moment {
        Moment::from_nanos(nanos.get().saturating_sub(self.ahead))
    }

    /// Sets them as a turn has left them.
    pub(super) fn set(&mut self, finish: &Finish) {
        match finish.clock {
            // A time too long to be a date is as good as none.
            Clock::Within(time) => self.silence = self.now().checked_add(time).and_then(Date::new),
            Clock::Unlimited => self.silence = None,
            Clock::Unchanged => {}
        }
        self.alarm = finish.alarm.and_then(Date::new);
    }

    /// When they run out, in milliseconds since 1970, as they are stored: rounded up, so that they do not early.
    pub(super) fn stored(&self) -> (Option<u64>, Option<u64>) {
        let stored = |date| Time::from(SystemTime::from(date) + Duration::from_nanos(999_999)).as_millis();
        (self.silence.map(stored), self.alarm.map(stored))
    }

    /// Sets them as they were stored.
    pub(super) fn restore(&mut self, silence: Option<u64>, alarm: Option<u64>) {
        let date = |date: u64| Date::new(Time::from_millis(date).into());
        (self.silence, self.alarm) = (silence.and_then(date), alarm.and_then(date));
    }

    /// Until when every timer has rung, as a turn has left them.
    pub(super) fn rung(&self, finish: &Finish) -> Date {
        let next = finish.alarm.and_then(Date::new).map(|Date(next)| Date::from_nanos(next.get().saturating_sub(1)));
        next.map_or(self.date(), |next| next.min(self.date()))
    }

    /// When the first of them runs out.
    pub(super) fn due(&self) -> Option<Moment> {
        [self.silence, self.alarm].into_iter().flatten().min().map(|date| self.steady(date))
    }

    /// Which one has.
    pub(super) fn ring(&mut self) -> Input {
        let is_timer = self.alarm.is_some_and(|alarm| self.silence.is_none_or(|silence| alarm <= silence));
        if let Some(date) = self.alarm.take_if(|_| is_timer) {
            return Input::Timer(date.into()); // The turn says when the next one rings.
        }
        self.silence = None; // It has run out, and must not do so again.
        Input::Silence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_that_are_late_ring_in_their_order() {
        let mut clocks = Clocks::new();
        let now = clocks.now();
        let [first, second] = [90, 30].map(|ago| now - Duration::from_secs(ago));
        for date in [first, second] {
            clocks.set(&Finish { alarm: Some(date), ..Finish::default() });
            assert!(clocks.due().is_some_and(|due| due <= Moment::now()), "it is late");
            assert!(matches!(clocks.ring(), Input::Timer(until) if until == date));
        }
        assert_eq!(clocks.due(), None);
    }

    #[test]
    fn a_timer_that_is_due_next_has_not_rung() {
        let clocks = Clocks::new();
        let (late, never) = (clocks.now() - Duration::from_secs(30), Finish::default());
        let waits = Finish { alarm: Some(late), ..Finish::default() };
        assert!(SystemTime::from(clocks.rung(&waits)) < late);
        assert!(SystemTime::from(clocks.rung(&never)) >= late);
    }

    #[test]
    fn a_date_is_the_same_by_either_clock() {
        let mut clocks = Clocks::new();
        for time in [Duration::ZERO, Duration::from_nanos(1), Duration::from_secs(1 << 30)] {
            let before = Moment::now().checked_add(time).expect("it comes");
            clocks.set(&Finish { clock: Clock::Within(time), ..Finish::default() });
            let due = clocks.due().expect("it is set");
            let behind = Moment::now().checked_add(time).expect("it comes");
            assert!(before <= due && due <= behind, "{time:?}");
        }
        clocks.set(&Finish { clock: Clock::Within(Duration::MAX), ..Finish::default() });
        assert_eq!(clocks.due(), None);
        for date in [UNIX_EPOCH - Duration::from_nanos(1), UNIX_EPOCH + Duration::from_nanos(1 << 60)] {
            assert_eq!(Date::new(date).map(SystemTime::from), Some(date));
        }
    }
}
