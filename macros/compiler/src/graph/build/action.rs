//! What happens when a reply will not do, does not come, or is one that an `on` listens for.

use proc_macro2::Span;
use quote::quote_spanned;
use syn::{Expr, parse_quote_spanned};

use super::{Builder, Destination, Handler};
use crate::graph::stray::report_no_listener;
use crate::graph::{BlockId, End, Opaque, QuestionId, Source, Way};
use crate::names::{VariableId, plain};
use crate::syntax::ast::{Action, Message, On, Value};
use crate::syntax::misspelt_verb;

impl<'a> Builder<'_, 'a> {
    /// A block for an action. `count` says how often it was its turn; `problem` is bound by its `|problem|`.
    pub(super) fn action(
        &mut self,
        action: &'a Action,
        prompt: BlockId,
        count: Option<VariableId>,
        problem: &mut Option<VariableId>,
    ) -> BlockId {
        let start = self.new_block();
        self.here = Some(start);
        match action {
            Action::Say(Message::Value(value)) if !self.is_variable(value) && misspelt_verb(self.cx, value) => {}
            Action::Say(message) => {
                self.say(message);
                self.goto(prompt);
            }
            Action::List(actions) => {
                let (last, earlier) = actions.split_last().expect("an empty list was reported");
                for (index, action) in earlier.iter().enumerate() {
                    let test = self.here;
                    let then = self.action(action, prompt, None, problem);
                    let otherwise = self.new_block();
                    let count = count.expect("a question with a list counts");
                    let (name, number) = (self.graph.variables.get(count).name.clone(), index as u32 + 1);
                    let condition = parse_quote_spanned!(Span::mixed_site()=> #name == #number);
                    self.here = test;
                    self.test(condition, count, then, otherwise);
                    self.here = Some(otherwise);
                }
                let last = self.action_at(last, prompt, problem);
                self.goto(last);
            }
            Action::Block { problem: bound, block } => {
                let mark = self.scopes.enter();
                if let Some(name) = bound {
                    let ty = parse_quote_spanned!(Span::mixed_site()=> ::converse::Problem);
                    *problem = Some(self.declare(name.clone(), false, Some(ty)));
                }
                self.block(block, Destination::Nothing);
                let last = match &block.tail {
                    Some(Value::Rust(value)) if self.here.is_some() && !self.is_variable(value) => Some(value),
                    _ => None,
                };
                if last.is_some_and(|value| misspelt_verb(self.cx, value)) {
                    self.here = None;
                }
                if self.here.take().is_some() {
                    let error = self.cx.error(block.end, "this block does not say what happens next");
                    match last {
                        Some(Expr::Lit(_)) => {
                            error.help("write the message without braces, which asks again: `else \"…\"`")
                        }
                        _ => error.help(
                            "end it by `retry`, which asks again, by `wait`, `answer`, `goto`, `close` or `return`",
                        ),
                    };
                }
                self.scopes.leave(mark);
            }
        }
        self.here = None;
        start
    }

    /// Whether this is a variable of the conversation, and so no misspelt word.
    fn is_variable(&self, value: &Expr) -> bool {
        matches!(value, Expr::Path(path) if path.path.get_ident().is_some_and(|name| self.scopes.resolve(&plain(name)).is_some()))
    }

    fn action_at(&mut self, action: &'a Action, prompt: BlockId, problem: &mut Option<VariableId>) -> BlockId {
        let here = self.here;
        let block = self.action(action, prompt, None, problem);
        self.here = here;
        block
    }

    /// Branches on a condition of ours.
    pub(super) fn test(&mut self, condition: Expr, uses: VariableId, then: BlockId, otherwise: BlockId) {
        let condition = Opaque { code: condition, uses: [uses].into(), binds: Default::default(), exits: Vec::new() };
        self.end(End::If { condition, declares: Vec::new(), then, otherwise, refuses: false });
    }

    /// `count += 1;`
    pub(super) fn count(&mut self, count: Option<VariableId>) {
        let Some(count) = count else { return };
        let name = &self.graph.variables.get(count).name;
        let statement =
            syn::parse2(quote_spanned!(Span::mixed_site()=> #name = ::core::primitive::u32::saturating_add(#name, 1);));
        self.ours(statement.expect("a statement"), &[count], &[]);
    }

    /// Listens, for the rest of the block.
    pub(super) fn listen(&mut self, on: &'a On) {
        let depth = self.labels.len();
        self.unheard.push((on, false));
        for (word, span) in &on.words {
            let mut known = self.handlers.iter().filter(|handler| handler.labels == depth);
            let listens = |handler: &&Handler<'_>| handler.on.words.iter().any(|(known, _)| known == word);
            if let Some(first) = known.find(listens) {
                self.cx
                    .error(*span, format_args!("another `on` of this block listens for \"{word}\" already"))
                    .help("take the word out of one of them: upper and lower case make no difference");
                // That says it all of both.
                self.unheard.retain(|(known, _)| !std::ptr::eq(*known, first.on) && !std::ptr::eq(*known, on));
            }
        }
        let handler = Handler { on, scope: self.scopes.enter(), frames: self.frames.len(), labels: depth };
        self.handlers.push(handler);
    }

    /// Reports the `on`s that nothing hears.
    pub(super) fn report_unheard(&mut self) {
        for (on, is_shadowed) in std::mem::take(&mut self.unheard) {
            let Some((_, span)) = on.words.first() else { continue };
            if is_shadowed {
                self.cx
                    .error(*span, "this `on` is never heard: inside of its block, others listen for its words first")
                    .help("take this one out, or the words out of those inside");
            } else {
                report_no_listener(self.cx, *span);
            }
        }
    }

    /// What is heard at a question before its reply is read, the innermost first; a word that an inner `on` listens
    /// for does not reach an outer one.
    pub(super) fn heard(&mut self, question: QuestionId) -> Vec<(Vec<String>, BlockId)> {
        let (source, prompt) = (self.graph.question(question).source, self.graph.question(question).prompt);
        let ons: &'a [On] = match source {
            Source::Ask(ask) if ask.verbatim => return Vec::new(),
            Source::Ask(ask) => &ask.ons,
            Source::Run(..) => &[],
        };
        let here = self.here.take();
        let mut heard: Vec<(Vec<String>, BlockId)> = Vec::new();
        let mut taken: Vec<String> = Vec::new();
        let mut words_of = |on: &On| -> Vec<String> {
            let words = on.words.iter().map(|(word, _)| word.clone()).filter(|word| !taken.contains(word));
            let words: Vec<String> = words.collect();
            taken.extend(words.iter().cloned());
            words
        };
        for on in ons {
            let words = words_of(on);
            let block = self.action(&on.action, prompt, None, &mut None);
            self.graph.blocks[block.0].way = way(on, &words);
            heard.push((words, block));
        }
        for handler in self.handlers.clone().into_iter().rev() {
            let words = words_of(handler.on);
            if words.is_empty() {
                let known = self.unheard.iter_mut().filter(|(on, _)| std::ptr::eq(*on, handler.on));
                known.for_each(|(_, is_shadowed)| *is_shadowed = true);
            } else {
                self.unheard.retain(|(on, _)| !std::ptr::eq(*on, handler.on));
                let block = self.handle(handler, question, prompt);
                self.graph.blocks[block.0].way = way(handler.on, &words);
                heard.push((words, block));
            }
        }
        self.here = here;
        heard
    }

    /// A handler's action for one question, with what could be seen where the handler stands.
    fn handle(&mut self, handler: Handler<'a>, question: QuestionId, prompt: BlockId) -> BlockId {
        let scopes = self.scopes.cut(handler.scope);
        let frames = self.frames.split_off(handler.frames);
        let labels = self.labels.split_off(handler.labels);
        let pending = std::mem::replace(&mut self.pending, vec![question]);
        // Questions inside of a handler are not asked while it listens itself.
        let handlers = std::mem::take(&mut self.handlers);
        let block = self.action(&handler.on.action, prompt, None, &mut None);
        self.handlers = handlers;
        self.pending = pending;
        self.labels.extend(labels);
        self.frames.extend(frames);
        self.scopes.restore(scopes);
        block
    }
}

/// `on "cancel" | "stop"`, with the words that are heard.
fn way(on: &On, words: &[String]) -> Option<Way> {
    let span = on.words.iter().find(|(word, _)| words.contains(word))?.1;
    let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    Some(Way { label: format!("on {}", words.join(" | ")), span })
}
