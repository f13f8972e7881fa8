//! A question: its prompt, the wait, and everything that can come of it.

use proc_macro2::Span;
use syn::parse_quote_spanned;

use super::{Builder, Destination};
use crate::graph::{BlockId, End, Question, QuestionId};
use crate::names::{VariableId, plain};
use crate::opaque::Uses;
use crate::syntax::ast::{Action, Ask};

impl<'a> Builder<'_, 'a> {
    pub(super) fn ask(&mut self, ask: &'a Ask) {
        let name = &ask.name;
        if ask.ty.is_none() {
            self.cx
                .error(name.span(), format_args!("the question `{name}` needs the type that its reply is read as"))
                .help(format_args!("write `let {name}: String = ask …;`"));
        }
        if let Some(first) = self.graph.questions.iter().find(|question| question.ask.name == *name) {
            let line = first.ask.name.span().start().line;
            self.cx
                .error(name.span(), format_args!("`{name}` is already a question of this conversation, on line {line}"))
                .help("questions are told apart by their names: give this one another");
        }
        let prompt = self.head();
        let clock = ask.within.as_ref().map(|within| Uses::of_expression(&within.duration));
        let clock = clock.map(|uses| self.used(&uses)).unwrap_or_default();
        self.say(&ask.prompt);
        let (resume, accepted) = (self.new_block(), self.new_block());
        let id = QuestionId(self.graph.questions.len());
        self.end(End::Wait(id));

        let mark = self.scopes.enter();
        let answer = self.declare(name.clone(), ask.mutable, ask.ty.clone());
        self.scopes.leave(mark);
        self.graph.questions.push(Question { ask, answer, prompt, resume, clock });

        self.pending.push(id);
        let (refused, problem) = match &ask.refused {
            None => (prompt, None),
            Some(action) => self.action(action, prompt),
        };
        let silence = ask.within.as_ref().map(|within| match &within.action {
            Some(action) => self.action(action, prompt).0,
            None => {
                let close = self.new_block();
                self.graph.blocks[close.0].end = End::CloseOnSilence;
                close
            }
        });
        self.here = Some(resume);
        self.end(End::Reply { question: id, accepted, refused, problem, silence });

        self.here = Some(accepted);
        self.scopes.bind(plain(name), answer);
        for check in &ask.wheres {
            let start = self.here;
            let (refused, _) = self.action(&check.action, prompt);
            self.here = start;
            let condition = self.opaque_expression(&check.condition);
            let then = self.new_block();
            self.end(End::If { condition, declares: Vec::new(), then, otherwise: refused, refuses: true });
            self.here = Some(then);
        }
        self.pending.pop();
    }

    /// A block for what happens when a reply will not do; and what its `|problem|` binds.
    fn action(&mut self, action: &'a Action, prompt: BlockId) -> (BlockId, Option<VariableId>) {
        let start = self.new_block();
        self.here = Some(start);
        match action {
            Action::Say(message) => {
                self.say(message);
                self.goto(prompt);
                (start, None)
            }
            Action::Block { problem, block } => {
                let mark = self.scopes.enter();
                let ty = || parse_quote_spanned!(Span::mixed_site()=> ::converse::Problem);
                let problem = problem.clone().map(|name| self.declare(name, false, Some(ty())));
                self.block(block, Destination::Nothing);
                if self.here.take().is_some() {
                    self.cx
                        .error(block.end, "this block does not say what happens next")
                        .help("end it by `retry`, which asks again, or by `return …`");
                }
                self.scopes.leave(mark);
                (start, problem)
            }
        }
    }
}
