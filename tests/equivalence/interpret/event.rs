//! An event: for whom it is, and what becomes of it.

use super::{Interpreter, Jump};
use crate::tree::{Ask, Occasion, On, Pattern, Value};

impl<'t> Interpreter<'t, '_> {
    /// Whether anybody takes an event where a question waits.
    pub(super) fn is_for(&mut self, ask: &'t Ask, number: u32) -> bool {
        ask.prompt.is_none() || self.listener(ask, number).is_some()
    }

    /// The first of the events that are kept which somebody takes now.
    pub(super) fn next_kept(&mut self, ask: &'t Ask) -> Option<u32> {
        let taken = (0..self.kept.len()).find(|index| self.is_for(ask, self.kept[*index]))?;
        Some(self.kept.remove(taken))
    }

    /// Whose `on` takes an event, the innermost first: one of the question's own, or one of a conversation.
    pub(super) fn listener(&mut self, ask: &'t Ask, number: u32) -> Option<(Option<usize>, usize)> {
        if let Some(own) = ask.ons.iter().position(|on| self.takes(on, number)) {
            return Some((None, own));
        }
        // What a `hear` waits for does not come to the conversations around its own.
        let outermost = if ask.prompt.is_some() { 0 } else { self.contexts.len() - 1 };
        for depth in (outermost..self.contexts.len()).rev() {
            for index in (0..self.contexts[depth].ons.len()).rev() {
                if self.seen_from(depth, index, |this, on| this.takes(on, number)) {
                    return Some((Some(depth), index));
                }
            }
        }
        None
    }

    fn takes(&mut self, on: &'t On, number: u32) -> bool {
        let Occasion::Event(pattern, guard) = &on.what else { return false };
        let holds = |this: &mut Self| guard.as_ref().map_or(Ok(true), |guard| this.holds(guard));
        let taken = match pattern {
            Pattern::Is(expected) if *expected != Value::Number(number) => Ok(false),
            Pattern::Bind(name) => self.with(name, Value::Number(number), holds),
            _ => holds(self),
        };
        taken.expect("a condition ends nothing")
    }

    pub(super) fn take_event(&mut self, ask: &'t Ask, (depth, index): (Option<usize>, usize), number: u32) -> Jump {
        match depth {
            None => self.event(&ask.ons[index], number),
            Some(depth) => {
                let jump = self.seen_from(depth, index, |this, on| this.event(on, number));
                self.outwards(depth, jump)
            }
        }
    }

    fn event(&mut self, on: &'t On, number: u32) -> Jump {
        match &on.what {
            Occasion::Event(Pattern::Bind(name), _) => {
                self.bind(name, Value::Number(number));
                let jump = self.action(&on.action, 1, None);
                self.here().variables.pop();
                jump
            }
            _ => self.action(&on.action, 1, None),
        }
    }
}
