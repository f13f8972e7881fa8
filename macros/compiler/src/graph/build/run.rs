//! Another conversation in the place of a question.

use proc_macro2::{Ident, Span};
use syn::parse_quote_spanned;
use syn::spanned::Spanned;

use super::ask::{called, escalates};
use super::{Builder, Definition};
use crate::graph::{End, Operation, Question, QuestionId, Source};
use crate::names::{VariableId, Variables, plain};
use crate::syntax::ast::Run;

impl<'a> Builder<'_, 'a> {
    pub(super) fn run(&mut self, run: &'a Run) {
        let name = &run.name;
        self.check_name(name);
        self.enter(name);
        let scopes = self.scopes.clone();
        let answer = self.answer(name, run.mutable, &run.ty, &run.older);
        let running = self.running(run, name.clone(), answer);
        let (frames, labels) = (self.frames.len(), self.labels.len());
        self.definitions.push(Definition { source: Source::Run(run, running), answer, scopes, frames, labels });
    }

    /// Runs it from its beginning, and goes on with its output. Returns the variable that it stands in meanwhile.
    pub(super) fn running(&mut self, run: &'a Run, name: Ident, answer: VariableId) -> VariableId {
        let was = run.older.names(&run.name, &name);
        let on_silence = self.silence_handler();
        let silences = self.counter(on_silence.is_some_and(escalates), (&name, &was), "silent");
        let conversation = &run.conversation;
        // What is no conversation is told at its name.
        let place = conversation.span().resolved_at(Span::mixed_site());
        let slot = parse_quote_spanned!(place=> ::converse::__private::Slot<#conversation>);
        let running = self.declare_ours(format!("{}_run", plain(&name)), slot);
        self.graph.variables.older(running).was = called(&was, "run");
        let mut value = self.opaque_expression(&run.value);
        let code = &value.code;
        value.code = parse_quote_spanned!(place=> ::converse::__private::Slot::Start(#code));
        self.push(Operation::Bind { variable: running, value });

        let (turn, resume, again) = (self.new_block(), self.new_block(), self.new_block());
        let (waiting, answered) = (self.new_block(), self.new_block());
        self.goto(turn);
        // Resuming is a way of its own to the same place.
        self.graph.blocks[resume.0].end = End::Goto(turn);

        let id = QuestionId(self.graph.questions.len());
        self.graph.blocks[waiting.0].end = End::Again(id);
        let (within, clock) = self.clock(None, on_silence);
        let timers = self.timers();
        self.graph.questions.push(Question {
            source: Source::Run(run, running),
            name,
            answer,
            prompt: again,
            waiting,
            answered,
            resume,
            within,
            clock,
            timers,
            among: Variables::new(),
        });
        // A `retry` has the other conversation ask again.
        self.here = Some(again);
        self.said("again");
        self.goto(turn);

        self.pending.push(id);
        let mut heard = self.heard(id);
        heard.silence = on_silence.map(|handler| self.on_silence(handler, id, silences));
        heard.silences = silences;
        self.pending.pop();
        self.here = Some(turn);
        self.end(End::Run { question: id, heard, done: answered });
        self.here = Some(answered);
        if run.ty.is_some() {
            self.scopes.bind(plain(&run.name), answer);
        }
        self.graph.awaits = true;
        running
    }
}
