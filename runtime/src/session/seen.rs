//! What of a session can be seen from outside: by the names that the program gave, and no word of what was said.

use tracing::Span;
use tracing::field::display;

use super::Session;
use super::ending::Ending;
use super::kept::Kept;
use crate::conversation::{Conversation, Input, Slot};
use crate::error::Error;
use crate::flow::Question;
use crate::observe::{self, Outcome};
use crate::store::Id;

impl<C: Conversation> Session<C> {
    /// The question that it waits at.
    pub(super) fn question(&self) -> Option<&'static Question> {
        let Slot::Waiting(waiting) = &self.slot else { return None };
        C::FLOW.questions.get(C::question(waiting))
    }

    /// What it is called, if it is called anything yet.
    pub(super) fn id(&self) -> Option<Id> {
        self.kept.as_ref().map(Kept::id).or(self.name.as_deref().copied())
    }

    /// Counts what has become of a question.
    pub(super) fn observe(&self, question: Option<&'static Question>, outcome: Outcome) {
        if let Some(question) = question {
            observe::question(C::FLOW.name, question.name, outcome);
        }
    }

    /// Logs that a turn has failed. Who comes back is there again before the next one, and fails again.
    pub(super) fn broken(&self, what: &'static str, error: Option<&Error>) -> Ending {
        let (id, count) = match &self.kept {
            Some(kept) => (Some(display(kept.id())), kept.complaint(what)),
            None => (None, Some(1)),
        };
        if let Some(count) = count {
            tracing::error!(conversation = C::FLOW.name, id, count, error = error.map(display), "{what}");
        }
        Ending::Broken
    }

    /// That of a turn: what is logged in it is of this conversation, at this question.
    pub(super) fn span(&self, input: &Input) -> Span {
        tracing::debug_span!(
            "turn",
            conversation = C::FLOW.name,
            id = self.id().map(display),
            question = self.question().map(|question| question.name),
            by = match input {
                Input::Start => "start",
                Input::Reply(_) => "reply",
                Input::Silence => "silence",
                Input::Event(_) => "event",
                Input::Again => "again",
                Input::Stored => "stored",
                Input::Timer(_) => "timer",
            },
        )
    }
}
