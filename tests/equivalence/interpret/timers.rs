//! The timers of `on after`.

use super::{Interpreter, Jump, Listening, Result};
use crate::tree::{Occasion, On};

impl<'t> Interpreter<'t, '_> {
    /// When an `on` that is reached now is due.
    pub(super) fn due(&mut self, on: &'t On) -> Result<Option<u64>> {
        Ok(match &on.what {
            Occasion::After(duration) => Some(self.now + self.seconds(duration)?),
            _ => None,
        })
    }

    /// The first one that is due, of several the innermost.
    pub(super) fn ringing(&self) -> Option<(usize, usize)> {
        let due = self.alarm().filter(|due| *due <= self.now)?;
        let rings = |listening: &Listening<'_>| listening.due == Some(due);
        let contexts = self.contexts.iter().enumerate().rev();
        contexts.into_iter().find_map(|(depth, context)| Some((depth, context.ons.iter().rposition(rings)?)))
    }

    /// When the next one is.
    pub(super) fn alarm(&self) -> Option<u64> {
        self.contexts.iter().flat_map(|context| &context.ons).filter_map(|listening| listening.due).min()
    }

    /// Until when every timer has rung.
    pub(super) fn rung(&self) -> u64 {
        self.alarm().map_or(self.now, |alarm| self.now.min(alarm - 1))
    }

    /// Those which have rung until then do not ring again.
    pub(super) fn silence_timers(&mut self, rung: u64) {
        for listening in self.contexts.iter_mut().flat_map(|context| &mut context.ons) {
            listening.due = listening.due.filter(|due| *due > rung);
        }
    }

    pub(super) fn ring(&mut self, depth: usize, index: usize) -> Jump {
        self.contexts[depth].ons[index].due = None;
        self.take_up(depth, index, 1)
    }
}
