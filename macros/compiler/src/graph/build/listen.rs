//! What is listened for while a question waits: words, events, silence, and timers.

use proc_macro2::{Ident, Span};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Pat};

use super::{Builder, Handler, Place};
use crate::graph::inference::through;
use crate::graph::stray::report_no_listener;
use crate::graph::{BlockId, Listening, MatchArm, Operation, QuestionId, Source, Way};
use crate::names::{Scopes, VariableId, Variables};
use crate::opaque::Uses;
use crate::syntax::ast::{Heard, On};
use crate::text::source;

impl<'a> Builder<'_, 'a> {
    /// Listens, for the rest of the block.
    pub(super) fn listen(&mut self, on: &'a On) {
        let depth = self.labels.len();
        let mut timer = None;
        self.unheard.push((on, false));
        match &on.what {
            Heard::Words(words) => self.check_words(on, words, depth),
            Heard::Event(pattern) => self.check_hears(pattern),
            Heard::Silence(_) => {
                if self.silence_handler().is_some_and(|handler| handler.labels == depth) {
                    self.cx
                        .error(on.span, "this block has an `on silence` already")
                        .help("write one of them into a block of its own, with the questions that it is for");
                }
            }
            Heard::After(duration) => timer = self.set_timer(duration),
        }
        let handler = Handler { on, timer, scope: self.scopes.enter(), frames: self.frames.len(), labels: depth };
        self.handlers.push(handler);
    }

    fn check_words(&mut self, on: &'a On, words: &[(String, Span)], depth: usize) {
        for (word, span) in words {
            let mut known = self.handlers.iter().filter(|handler| handler.labels == depth);
            let listens = |handler: &&Handler<'_>| handler.on.words().iter().any(|(known, _)| known == word);
            if let Some(first) = known.find(listens) {
                self.cx
                    .error(*span, format_args!("another `on` of this block listens for \"{word}\" already"))
                    .help("take the word out of one of them: upper and lower case make no difference");
                // That says it all of both.
                self.unheard.retain(|(known, _)| !std::ptr::eq(*known, first.on) && !std::ptr::eq(*known, on));
            }
        }
    }

    /// Reports the `on`s that nothing hears.
    pub(super) fn report_unheard(&mut self) {
        for (on, is_shadowed) in std::mem::take(&mut self.unheard) {
            let span = on.words().first().map_or(on.span, |(_, span)| *span);
            if is_shadowed {
                self.cx
                    .error(span, "this `on` is never heard: inside of its block, others listen for its words first")
                    .help("take this one out, or the words out of those inside");
            } else {
                report_no_listener(self.cx, span);
            }
        }
    }

    fn check_hears(&mut self, pattern: &Pat) {
        if !self.hears {
            self.cx
                .error_under(pattern, "this `on` is for an event, and the conversation hears none")
                .help("write `hears Type` before its `->`, with the type of the events; words stand in quotes");
        }
    }

    /// `let mut after: Timer = …;`
    fn set_timer(&mut self, duration: &Expr) -> Option<VariableId> {
        self.here?;
        let ty = syn::parse_quote_spanned!(Span::mixed_site()=> ::converse::__private::Timer);
        let number = self.handlers.iter().filter(|handler| handler.timer.is_some()).count() + 1;
        let timer = self.declare_ours(format!("after_{number}"), ty);
        let mut value = self.opaque_expression(duration);
        let code = &value.code;
        if stands_alone(code) {
            // Of a state that does not have it: as if the line had been reached when that is read.
            let begun = syn::parse_quote_spanned!(Span::mixed_site()=> ::converse::__private::Timer::begun(#code));
            self.graph.variables.older(timer).default = Some(begun);
        }
        value.code = syn::parse_quote_spanned!(Span::mixed_site()=> ::converse::__private::Talk::after(talk, #code));
        self.push(Operation::Bind { variable: timer, value });
        Some(timer)
    }

    /// How long a question waits that says nothing of it: as the innermost `on silence` says.
    pub(super) fn silence_handler(&self) -> Option<Handler<'a>> {
        self.handlers.iter().rev().find(|handler| matches!(handler.on.what, Heard::Silence(_))).copied()
    }

    /// What is listened for at a question, the innermost first. A word that an inner `on` listens for does not reach
    /// an outer one.
    pub(super) fn heard(&mut self, question: QuestionId) -> Listening {
        let (source, prompt) = (self.graph.question(question).source, self.graph.question(question).prompt);
        let (ons, verbatim): (&'a [On], bool) = match source {
            Source::Ask(ask) => (&ask.ons, ask.verbatim),
            Source::Run(..) | Source::Once(_) => (&[], false),
        };
        let here = self.here.take();
        let own = ons.iter().map(|on| (on, None));
        let around: Vec<_> = self.handlers.iter().rev().map(|handler| (handler.on, Some(*handler))).collect();
        let mut heard = Listening::default();
        let mut taken: Vec<String> = Vec::new();
        for (on, handler) in own.chain(around) {
            if on.words().is_empty() {
                self.unheard.retain(|(known, _)| !std::ptr::eq(*known, on));
            }
            let timer = handler.and_then(|handler: Handler<'_>| handler.timer);
            let action = |builder: &mut Self| builder.action(&on.action, prompt, None, &mut None);
            match &on.what {
                Heard::Words(words) => {
                    let words = words.iter().map(|(word, _)| word.clone()).filter(|word| !taken.contains(word));
                    let words: Vec<String> = if verbatim { Vec::new() } else { words.collect() };
                    taken.extend(words.iter().cloned());
                    if words.is_empty() {
                        let known = self.unheard.iter_mut().filter(|(known, _)| std::ptr::eq(*known, on) && !verbatim);
                        known.for_each(|(_, is_shadowed)| *is_shadowed = true);
                    } else {
                        self.unheard.retain(|(known, _)| !std::ptr::eq(*known, on));
                        let block = self.seen_from(handler, question, action);
                        self.name_way(block, on, &words);
                        heard.words.push((words, block));
                    }
                }
                Heard::Event(pattern) => {
                    if handler.is_none() {
                        self.check_hears(pattern);
                    }
                    let arm = self.seen_from(handler, question, |builder| builder.event(on, pattern, prompt));
                    heard.events.push(arm);
                }
                Heard::After(_) if let Some(timer) = timer => {
                    let block = self.seen_from(handler, question, action);
                    self.name_way(block, on, &[]);
                    heard.timers.push((timer, block));
                }
                Heard::Silence(_) | Heard::After(_) if handler.is_none() => self.report_clock_of_a_question(on),
                Heard::Silence(_) | Heard::After(_) => {}
            }
        }
        self.here = here;
        heard
    }

    fn report_clock_of_a_question(&mut self, on: &On) {
        match &on.what {
            Heard::Silence(_) => {
                let error = self.cx.error(on.span, "a question of its own has a `within` for its silence");
                error.help("write `within 30s else …`");
            }
            _ => {
                let error =
                    self.cx.error(on.span, "an `on after` stands in a block: it counts from where it is reached");
                error.help("write it as a statement before the question");
            }
        }
    }

    /// Builds what an `on` does at one question: its own sees what that sees, a handler what can be seen where it stands.
    fn seen_from<T>(
        &mut self,
        handler: Option<Handler<'a>>,
        question: QuestionId,
        build: impl FnOnce(&mut Self) -> T,
    ) -> T {
        match handler {
            Some(handler) => self.handle(handler, question, build),
            None => build(self),
        }
    }

    /// An event's pattern, and where it leads.
    fn event(&mut self, on: &'a On, pattern: &Pat, prompt: BlockId) -> MatchArm {
        let mark = self.scopes.enter();
        let uses: Variables = self.used(&Uses::of_pattern(pattern));
        let declares = self.declare_all(through(pattern, None));
        let block = self.action(&on.action, prompt, None, &mut None);
        self.name_way(block, on, &[]);
        self.scopes.leave(mark);
        MatchArm { pattern: pattern.clone(), uses, declares, block }
    }

    /// A handler's action for one question, with what could be seen where the handler stands.
    pub(super) fn handle<T>(
        &mut self,
        handler: Handler<'a>,
        question: QuestionId,
        build: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let definition = self.place.take().map(|place| self.enter_place(place));
        let scopes = self.scopes.cut(handler.scope);
        let frames = self.frames.split_off(handler.frames);
        let labels = self.labels.split_off(handler.labels);
        let pending = std::mem::replace(&mut self.pending, vec![question]);
        // Questions inside of a handler are not asked while it listens itself, but while those around it do.
        let itself = self.handlers.iter().position(|known| std::ptr::eq(known.on, handler.on));
        let handlers = self.handlers.split_off(itself.unwrap_or_default());
        let built = build(self);
        self.handlers.extend(handlers);
        self.pending = pending;
        self.labels.extend(labels);
        self.frames.extend(frames);
        self.scopes.restore(scopes);
        if let Some(definition) = definition {
            self.place = Some(self.leave_place(definition));
        }
        built
    }

    /// Sees again what can be seen at a place.
    fn enter_place(&mut self, place: Place) -> (Scopes, usize, usize) {
        let (frames, labels) = (self.frames.len(), self.labels.len());
        self.frames.extend(place.frames);
        self.labels.extend(place.labels);
        (std::mem::replace(&mut self.scopes, place.scopes), frames, labels)
    }

    fn leave_place(&mut self, (scopes, frames, labels): (Scopes, usize, usize)) -> Place {
        let frames = self.frames.split_off(frames);
        let labels = self.labels.split_off(labels);
        Place { scopes: std::mem::replace(&mut self.scopes, scopes), frames, labels }
    }

    /// What the way through a handler is called.
    fn name_way(&mut self, block: BlockId, on: &On, heard: &[String]) {
        let (label, span) = match &on.what {
            Heard::Words(words) => {
                let Some((_, span)) = words.iter().find(|(word, _)| heard.contains(word)) else { return };
                let heard: Vec<String> = heard.iter().map(|word| format!("{word:?}")).collect();
                (format!("on {}", heard.join(" | ")), *span)
            }
            Heard::Event(pattern) => (format!("on {}", source(pattern.to_token_stream())), on.span),
            Heard::Silence(_) => return,
            Heard::After(_) => ("on after".to_owned(), on.span),
        };
        self.graph.blocks[block.0].way = Some(Way { label, span });
    }

    /// Tells the turn's `Talk` something.
    pub(super) fn said(&mut self, what: &str) {
        let what = Ident::new(what, Span::mixed_site());
        let said = quote_spanned!(Span::mixed_site()=> ::converse::__private::Talk::#what(talk););
        self.ours(said, &[], &[]);
    }
}

/// Whether a duration is one wherever it stands, as `30d` is: a name may mean something in the body alone.
fn stands_alone(duration: &Expr) -> bool {
    let Expr::Call(call) = duration else { return false };
    matches!(&*call.func, Expr::Path(function) if function.path.leading_colon.is_some())
        && call.args.iter().all(|argument| matches!(argument, Expr::Lit(_)))
}
