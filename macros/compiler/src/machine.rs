//! What will be emitted: the states, the places that a turn jumps to, and what each of them holds.

use proc_macro2::Span;
use syn::{Ident, Type};

use crate::graph::{BlockId, QuestionId};
use crate::names::{VariableId, Variables};

pub(crate) struct Machine {
    /// One for each question: `IntroductionState::Age { name: String }`.
    pub(crate) states: Vec<State>,
    /// `Slot::Start(Introduction { country, .. })`
    pub(crate) start: Region,
    /// Variables that are declared without a value where nothing gives them one: such a declaration is left out.
    pub(crate) idle: Variables,
    /// Blocks that a turn jumps to, since more than one way leads there: `At::B7 { name: String }`.
    pub(crate) joins: Vec<Join>,
}

pub(crate) struct State {
    pub(crate) question: QuestionId,
    /// `Age`
    pub(crate) variant: Ident,
    pub(crate) region: Region,
}

pub(crate) struct Join {
    pub(crate) block: BlockId,
    /// `B7`
    pub(crate) variant: Ident,
    pub(crate) region: Region,
}

/// A block and what is emitted inside of it.
pub(crate) struct Region {
    pub(crate) block: BlockId,
    /// The variables that are handed to it.
    pub(crate) fields: Vec<Field>,
    /// Variables that were declared elsewhere and get a value here: `let total: u32;`.
    pub(crate) unset: Vec<VariableId>,
}

pub(crate) struct Field {
    pub(crate) variable: VariableId,
    /// The variable's name, with a number where another field has it already.
    pub(crate) name: Ident,
    /// `None` was reported.
    pub(crate) ty: Option<Type>,
    /// Where it is used next, which is where rustc is to say that its value is gone.
    pub(crate) used: Option<Span>,
}

impl Machine {
    pub(crate) fn state(&self, question: QuestionId) -> &State {
        &self.states[question.0]
    }

    pub(crate) fn join(&self, block: BlockId) -> Option<&Join> {
        self.joins.iter().find(|join| join.block == block)
    }
}
