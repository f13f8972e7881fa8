//! What a verb does to the flow.

use proc_macro2::{Ident, Span};

use super::Builder;
use crate::diagnostics::did_you_mean;
use crate::graph::{Block, BlockId, Close, End, Exit, Jump, Operation, Question, Way, close_number};
use crate::names::{Variables, plain};
use crate::syntax::ast::{Message, Verb, VerbKind};

impl<'a> Builder<'_, 'a> {
    /// A verb as a statement of its own. One that has nowhere to lead was reported.
    pub(super) fn verb(&mut self, verb: &Verb) {
        match &verb.kind {
            VerbKind::Close { code, reason } => {
                let code = self.opaque_expression(code);
                let uses = self.reason_uses(reason.as_ref());
                self.end(End::Close(Box::new(Close { code, reason: reason.clone(), uses })));
            }
            VerbKind::Answer(value) => {
                let value = self.opaque_expression(value);
                if let Some(Exit::With(variable, target)) = self.exit(verb) {
                    self.push(Operation::Bind { variable, value });
                    self.goto(target);
                }
            }
            VerbKind::Back => {
                if let Some(Exit::Back(question, _)) = self.exit(verb) {
                    self.end(End::Back(question, verb.span));
                }
            }
            VerbKind::Retry | VerbKind::Wait | VerbKind::Goto(_) => {
                if let Some(Exit::To(target)) = self.exit(verb) {
                    self.goto(target);
                }
            }
        }
    }

    /// Where a verb leads.
    pub(super) fn exit(&mut self, verb: &Verb) -> Option<Exit> {
        match &verb.kind {
            VerbKind::Retry => {
                let prompt = self.pending(verb.span, "retry")?.prompt;
                // That it is asked again, an arrow from a question to itself says without words.
                Some(Exit::To(self.way("", verb.span, prompt)))
            }
            VerbKind::Wait => {
                let waiting = self.pending(verb.span, "wait")?.waiting;
                Some(Exit::To(self.way("wait", verb.span, waiting)))
            }
            VerbKind::Back => {
                let resume = self.pending(verb.span, "back")?.resume;
                self.graph.goes_back = true;
                self.pending.last().map(|question| Exit::Back(*question, resume))
            }
            VerbKind::Answer(_) => {
                let Question { answer, answered, .. } = *self.pending(verb.span, "answer")?;
                Some(Exit::With(answer, self.way("answer", verb.span, answered)))
            }
            VerbKind::Goto(name) => {
                let entry = self.goto_target(name)?;
                Some(Exit::To(self.way("goto", verb.span, entry)))
            }
            VerbKind::Close { code, reason } => {
                let _: Variables = self.reason_uses(reason.as_ref());
                Some(Exit::Closed(close_number(code)))
            }
        }
    }

    /// A block that only leads elsewhere, and says to readers of the graph why.
    fn way(&mut self, label: &str, span: Span, target: BlockId) -> BlockId {
        let way = Some(Way { label: label.to_owned(), span });
        self.graph.blocks.push(Block { end: End::Goto(target), way, ..Block::default() });
        BlockId(self.graph.blocks.len() - 1)
    }

    fn reason_uses(&mut self, reason: Option<&Message>) -> Variables {
        reason.map(|reason| self.message_uses(reason)).unwrap_or_default()
    }

    /// The question in whose clause this stands.
    fn pending(&mut self, span: Span, word: &str) -> Option<&Question<'a>> {
        match self.pending.last() {
            Some(question) => Some(self.graph.question(*question)),
            None => {
                self.cx
                    .error(
                        span,
                        format_args!("`{word}` needs a question: it stands in an `else`, a `within` or an `on`"),
                    )
                    .help("put it into the question's `else { … }`, or go round by a `loop`");
                None
            }
        }
    }

    /// Where a question of this block, or of one around it, begins.
    pub(super) fn entry(&self, name: &Ident) -> Option<BlockId> {
        let all = self.labels.iter().rev().flatten();
        all.into_iter().find(|(question, _)| question == name).map(|(_, entry)| *entry)
    }

    /// Reports the `goto`s that lead nowhere, once all questions are known.
    pub(super) fn report_astray(&mut self) {
        for (name, known) in std::mem::take(&mut self.astray) {
            let meant = did_you_mean(&plain(&name), known.iter().map(String::as_str));
            let inside = self.graph.questions.iter().find(|question| *question.source.name() == name);
            let error = self.cx.error(name.span(), format_args!("there is no question `{name}` here"));
            match (inside, meant) {
                (Some(inside), _) => {
                    let line = inside.source.name().span().start().line;
                    error.help(format_args!(
                        "the one on line {line} stands inside of another block: a `goto` leads to a question of its own \
                         block, or of one around it"
                    ))
                }
                (None, Some(meant)) => error.help(format_args!("did you mean `{meant}`?")),
                (None, None) => error.help("a `goto` leads to a question of this block, or of one around it"),
            };
        }
    }

    fn goto_target(&mut self, name: &Ident) -> Option<BlockId> {
        let Some(entry) = self.entry(name) else {
            let known = self.labels.iter().flatten().map(|(question, _)| plain(question)).collect();
            self.astray.push((name.clone(), known));
            return None;
        };
        self.targeted.insert(entry);
        if let Some(here) = self.here {
            let from = (here, self.graph.blocks[here.0].operations.len());
            self.graph.jumps.push(Jump { from, to: entry, name: name.clone() });
        }
        Some(entry)
    }
}
