//! Random places that wait for an event, and what is listened for.

use super::Generator;
use super::scope::Pending;
use crate::tree::{Action, Ask, Occasion, On, Pattern, Statement, Type, Value};

/// How many events there are, so few that an inner `on` often takes one from an outer one.
pub(crate) const EVENTS: usize = 3;

impl Generator<'_> {
    /// A place that waits for an event.
    pub(super) fn hear(&mut self) -> Statement {
        let (name, ty, mutable) = (self.question(), Type::Number, self.choices.chance(30));
        self.scope.targets.last_mut().expect("a block is open").push(name.clone());
        let outer = self.scope.pending.replace(Pending { answer: Some(ty) });
        let (ons, _) = self.own_ons();
        let within = self.within();
        let refused = self.choices.chance(50).then(|| self.action(true));
        self.scope.pending = outer;
        self.scope.declare(&name, ty, mutable);
        let (prompt, unless, among, tries) = (None, None, None, None);
        let (verbatim, wheres) = (false, Vec::new());
        let ask = Ask { name, mutable, ty, prompt, unless, among, verbatim, ons, wheres, within, tries, refused };
        Statement::Ask(Box::new(ask))
    }

    /// An `on` for some of the events.
    pub(super) fn listen_to_event(&mut self) -> On {
        let variables = self.scope.variables.len();
        let (what, action) = match self.choices.chance(60) {
            true => {
                let event = Pattern::Is(Value::Number(self.choices.below(EVENTS) as u32));
                (Occasion::Event(event, None), self.action(false))
            }
            false => {
                let pattern = self.fresh("p");
                let guard = match self.choices.below(3) {
                    0 => None,
                    1 => Some(self.condition()),
                    _ => Some(self.below(&pattern)),
                };
                let statement = self.takes(&pattern);
                let block = self.action_block(vec![statement]);
                (Occasion::Event(Pattern::Bind(pattern), guard), Action::Block { problem: None, block })
            }
        };
        self.scope.variables.truncate(variables);
        On { what, action }
    }
}
