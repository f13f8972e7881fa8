//! The clocks of a conversation: that of its question, and the first of its timers.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::clock;
use crate::conversation::Input;
use crate::store::Time;
use crate::talk::{Clock, Finish};

pub(super) struct Clocks {
    /// The same moment by both: timers are told by the wall clock, and waiting is done by the other.
    began: (SystemTime, Instant),
    /// When the question's time runs out.
    silence: Option<Instant>,
    /// When the first of the timers rings.
    alarm: Option<SystemTime>,
}

impl Clocks {
    pub(super) fn new() -> Self {
        Clocks { began: (clock::now(), Instant::now()), silence: None, alarm: None }
    }

    /// The time by the wall clock.
    pub(super) fn now(&self) -> SystemTime {
        self.wall(Instant::now())
    }

    fn wall(&self, moment: Instant) -> SystemTime {
        let (wall, steady) = self.began;
        wall + moment.duration_since(steady)
    }

    /// When a date comes; at once where it has passed, and never where it is too late to be one.
    fn steady(&self, date: SystemTime) -> Option<Instant> {
        let (wall, steady) = self.began;
        steady.checked_add(date.duration_since(wall).unwrap_or_default())
    }

    /// Sets them as a turn has left them.
    pub(super) fn set(&mut self, finish: &Finish) {
        match finish.clock {
            // A time too long to be a date is as good as none.
            Clock::Within(time) => self.silence = Instant::now().checked_add(time),
            Clock::Unlimited => self.silence = None,
            Clock::Unchanged => {}
        }
        self.alarm = finish.alarm;
    }

    /// When they run out, in milliseconds since 1970, as they are stored: rounded up, so that they do not early.
    pub(super) fn stored(&self) -> (Option<u64>, Option<u64>) {
        let stored = |date| Time::from(date + Duration::from_nanos(999_999)).as_millis();
        (self.silence.map(|moment| stored(self.wall(moment))), self.alarm.map(stored))
    }

    /// Sets them as they were stored.
    pub(super) fn restore(&mut self, silence: Option<u64>, alarm: Option<u64>) {
        let date = |date: u64| SystemTime::from(Time::from_millis(date));
        self.silence = silence.and_then(|silence| self.steady(date(silence)));
        self.alarm = alarm.map(date);
    }

    /// Until when every timer has rung, as a turn has left them.
    pub(super) fn rung(&self, finish: &Finish) -> SystemTime {
        let now = self.now();
        finish.alarm.map_or(now, |next| now.min(next - Duration::from_nanos(1)))
    }

    fn rings(&self) -> Option<Instant> {
        self.alarm.and_then(|date| self.steady(date))
    }

    /// When the first of them runs out.
    pub(super) fn due(&self) -> Option<Instant> {
        [self.silence, self.rings()].into_iter().flatten().min()
    }

    /// Which one has.
    pub(super) fn ring(&mut self) -> Input {
        let is_timer = self.rings().is_some_and(|rings| self.silence.is_none_or(|silence| rings <= silence));
        if let Some(date) = self.alarm.take_if(|_| is_timer) {
            return Input::Timer(date); // The turn says when the next one rings.
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
            assert!(clocks.due().is_some_and(|due| due <= Instant::now()), "it is late");
            assert!(matches!(clocks.ring(), Input::Timer(until) if until == date));
        }
        assert_eq!(clocks.due(), None);
    }

    #[test]
    fn a_timer_that_is_due_next_has_not_rung() {
        let clocks = Clocks::new();
        let (late, never) = (clocks.now() - Duration::from_secs(30), Finish::default());
        let waits = Finish { alarm: Some(late), ..Finish::default() };
        assert!(clocks.rung(&waits) < late);
        assert!(clocks.rung(&never) >= late);
    }
}
