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
    alarm: Option<Instant>,
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

    /// When a date comes; at once where it has passed.
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
        self.alarm = finish.alarm.and_then(|alarm| self.steady(alarm));
    }

    /// When they run out, in milliseconds since 1970, as they are stored: rounded up, so that they do not early.
    pub(super) fn stored(&self) -> (Option<u64>, Option<u64>) {
        let stored = |moment| Time::from(self.wall(moment) + Duration::from_nanos(999_999)).as_millis();
        (self.silence.map(stored), self.alarm.map(stored))
    }

    /// Sets them as they were stored.
    pub(super) fn restore(&mut self, silence: Option<u64>, alarm: Option<u64>) {
        let restored = |date: u64| self.steady(SystemTime::from(Time::from_millis(date)));
        (self.silence, self.alarm) = (silence.and_then(restored), alarm.and_then(restored));
    }

    /// Until when every timer has rung.
    pub(super) fn rung(&self) -> SystemTime {
        let now = self.now();
        match self.alarm {
            Some(next) => now.min(self.wall(next) - Duration::from_nanos(1)),
            None => now,
        }
    }

    /// When the first of them runs out.
    pub(super) fn due(&self) -> Option<Instant> {
        [self.silence, self.alarm].into_iter().flatten().min()
    }

    /// Which one has.
    pub(super) fn ring(&mut self) -> Input {
        if self.alarm.is_some() && self.alarm == self.due() {
            self.alarm = None; // The turn says when the next one rings.
            return Input::Timer;
        }
        self.silence = None; // It has run out, and must not do so again.
        Input::Silence
    }
}
