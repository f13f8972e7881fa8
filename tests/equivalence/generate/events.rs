//! Random places that wait for an event, and what is listened for.

use super::Generator;
use super::scope::Pending;
use crate::transcript::{Event, Note};
use crate::tree::{Action, Ask, Occasion, On, Pattern, Statement, Type};

/// All numbers and all notes, so few that an inner `on` often takes one from an outer one.
pub(crate) const NUMBERS: [Event; 3] = [Event::Number(0), Event::Number(1), Event::Number(2)];
pub(crate) const NOTES: [Event; 3] = [Event::Note(Note::Left), Event::Note(Note::Paid(1)), Event::Note(Note::Paid(5))];

impl Generator<'_> {
    /// A place that waits for an event.
    pub(super) fn hear(&mut self, ty: Type) -> Statement {
        let (name, mutable) = (self.question(), self.choices.chance(30));
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
    pub(super) fn listen_to_event(&mut self, ty: Type) -> On {
        let variables = self.scope.variables.len();
        let (what, action) = match self.choices.chance(60) {
            true => {
                let event = Pattern::Is(self.constant(ty));
                (Occasion::Event(ty, event, None), self.action(false))
            }
            false => {
                let name = self.fresh("p");
                let (pattern, bound) = match ty {
                    Type::Note if self.choices.chance(60) => (Pattern::Paid(name.clone()), Type::Number),
                    ty => (Pattern::Bind(name.clone()), ty),
                };
                let guard = match self.choices.below(3) {
                    0 => None,
                    1 if bound == Type::Number => Some(self.below(&name)),
                    _ => Some(self.condition()),
                };
                let statement = self.takes(&name, bound);
                let block = self.action_block(vec![statement]);
                (Occasion::Event(ty, pattern, guard), Action::Block { problem: None, block })
            }
        };
        self.scope.variables.truncate(variables);
        On { what, action }
    }
}
