//! The clocks of a conversation: that of its question, and the first of its timers.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::conversation::Input;
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
        Clocks { began: (SystemTime::now(), Instant::now()), silence: None, alarm: None }
    }

    /// The time by the wall clock.
    pub(super) fn now(&self) -> SystemTime {
        let (wall, steady) = self.began;
        wall + steady.elapsed()
    }

    /// Sets them as a turn has left them.
    pub(super) fn set(&mut self, finish: &Finish) {
        match finish.clock {
            // A time too long to be a date is as good as none.
            Clock::Within(time) => self.silence = Instant::now().checked_add(time),
            Clock::Unlimited => self.silence = None,
            Clock::Unchanged => {}
        }
        let (wall, steady) = self.began;
        let until = |alarm: SystemTime| steady.checked_add(alarm.duration_since(wall).unwrap_or_default());
        self.alarm = finish.alarm.and_then(until);
    }

    /// Until when every timer has rung.
    pub(super) fn rung(&self) -> SystemTime {
        let now = self.now();
        match self.alarm {
            Some(next) => now.min(self.began.0 + (next - self.began.1) - Duration::from_nanos(1)),
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
