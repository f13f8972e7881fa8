//! An event: for whom it is, and what becomes of it.

use super::{Interpreter, Jump};
use crate::transcript::{Event, Note};
use crate::tree::{Ask, Occasion, On, Pattern, Type, Value};

impl<'t> Interpreter<'t, '_> {
    /// Whether anybody takes an event where a question waits.
    pub(super) fn is_for(&mut self, ask: &'t Ask, event: &Event) -> bool {
        let is_heard = ask.prompt.is_none() && ask.ty == event.ty();
        is_heard || self.listener(ask, event).is_some()
    }

    /// The first of the events that are kept which somebody takes now.
    pub(super) fn next_kept(&mut self, ask: &'t Ask) -> Option<Event> {
        let taken = (0..self.kept.len()).find(|index| self.is_for(ask, &self.kept[*index].clone()))?;
        Some(self.kept.remove(taken))
    }

    /// Whose `on` takes an event, the innermost first: one of the question's own, or one of a conversation.
    pub(super) fn listener(&mut self, ask: &'t Ask, event: &Event) -> Option<(Option<usize>, usize)> {
        if let Some(own) = ask.ons.iter().position(|on| self.takes(on, event)) {
            return Some((None, own));
        }
        // What a `hear` waits for does not come to the conversations around its own.
        let is_heard = ask.prompt.is_none() && ask.ty == event.ty();
        let outermost = if is_heard { self.contexts.len() - 1 } else { 0 };
        for depth in (outermost..self.contexts.len()).rev() {
            for index in (0..self.contexts[depth].ons.len()).rev() {
                if self.seen_from(depth, index, |this, on| this.takes(on, event)) {
                    return Some((Some(depth), index));
                }
            }
        }
        None
    }

    fn takes(&mut self, on: &'t On, event: &Event) -> bool {
        let Occasion::Event(ty, pattern, guard) = &on.what else { return false };
        let Some(bound) = pattern.takes(event).filter(|_| *ty == event.ty()) else { return false };
        let holds = |this: &mut Self| guard.as_ref().map_or(Ok(true), |guard| this.holds(guard));
        let taken = match bound {
            Some((name, value)) => self.with(name, value, holds),
            None => holds(self),
        };
        taken.expect("a condition ends nothing")
    }

    pub(super) fn take_event(&mut self, ask: &'t Ask, (depth, index): (Option<usize>, usize), event: &Event) -> Jump {
        match depth {
            None => self.event(&ask.ons[index], event),
            Some(depth) => {
                let jump = self.seen_from(depth, index, |this, on| this.event(on, event));
                self.outwards(depth, jump)
            }
        }
    }

    fn event(&mut self, on: &'t On, event: &Event) -> Jump {
        let Occasion::Event(_, pattern, _) = &on.what else { unreachable!("it takes events") };
        let Some((name, value)) = pattern.takes(event).flatten() else { return self.action(&on.action, 1, None) };
        self.bind(name, value);
        let jump = self.action(&on.action, 1, None);
        self.here().variables.pop();
        jump
    }
}

impl Event {
    fn ty(&self) -> Type {
        match self {
            Event::Number(_) => Type::Number,
            Event::Note(_) => Type::Note,
        }
    }

    pub(super) fn value(self) -> Value {
        match self {
            Event::Number(number) => Value::Number(number),
            Event::Note(note) => Value::Note(note),
        }
    }
}

impl Pattern {
    /// What it binds of an event that it takes.
    fn takes(&self, event: &Event) -> Option<Option<(&str, Value)>> {
        match (self, event) {
            (Pattern::Is(expected), event) => (*expected == event.clone().value()).then_some(None),
            (Pattern::Bind(name), event) => Some(Some((name, event.clone().value()))),
            (Pattern::Paid(name), Event::Note(Note::Paid(number))) => Some(Some((name, Value::Number(*number)))),
            _ => None,
        }
    }
}
