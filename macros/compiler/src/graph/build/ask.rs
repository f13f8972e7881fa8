//! A question: its prompt, the wait, and everything that can come of it.

use proc_macro2::Span;
use quote::quote_spanned;
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprBinary, ExprLet, Ident, Pat, Token, parse_quote_spanned};

use super::{Builder, Definition, Handler};
use crate::graph::{BlockId, End, Opaque, Question, QuestionId, Source};
use crate::names::{VariableId, Variables, plain};
use crate::opaque::Uses;
use crate::syntax::ast::{Action, Ask, Heard, Older, Within};

impl<'a> Builder<'_, 'a> {
    pub(super) fn ask(&mut self, ask: &'a Ask) {
        self.check_question(ask);
        let name = &ask.name;
        self.enter(name);
        let scopes = self.scopes.clone();
        let answer = self.answer(name, ask.mutable, &ask.ty, &ask.older);
        self.question(ask, name.clone(), answer, ask.unless.as_ref());
        let (frames, labels) = (self.frames.len(), self.labels.len());
        self.definitions.push(Definition { source: Source::Ask(ask), answer, scopes, frames, labels });
    }

    /// Asks, unless the answer is known, and goes on with the answer.
    pub(super) fn question(&mut self, ask: &'a Ask, name: Ident, answer: VariableId, known: Option<&Expr>) {
        let was = ask.older.names(&ask.name, &name);
        let on_silence = if ask.within.is_none() { self.silence_handler() } else { None };
        let refusals = self.counter(ask.counts_refusals(), (&name, &was), "refused");
        let silences =
            self.counter(ask.counts_silences() || on_silence.is_some_and(escalates), (&name, &was), "silent");

        let (asked, resume) = (self.new_block(), self.new_block());
        let (prompt, waiting) = (self.new_block(), self.new_block());
        let (accepted, answered) = (self.new_block(), self.new_block());
        // What is known already goes on as if nothing had been asked.
        let after = known.map(|known| {
            let (unknown, after) = (self.new_block(), self.new_block());
            self.unless(ask, known, answer, after, unknown);
            self.here = Some(unknown);
            after
        });
        self.said("advance");
        self.goto(asked);

        self.here = Some(asked);
        let id = QuestionId(self.graph.questions.len());
        let (within, clock) = self.clock(ask.within.as_ref(), on_silence);
        let among = ask.among.as_ref().map(|among| self.used(&Uses::of_expression(among))).unwrap_or_default();
        ask.prompt.iter().for_each(|prompt| self.say(prompt));
        self.end(End::Wait(id));
        self.graph.blocks[prompt.0].end = End::Goto(asked);
        self.graph.blocks[waiting.0].end = End::Again(id);
        let timers = self.timers();
        let source = Source::Ask(ask);
        self.graph.questions.push(Question {
            source,
            name: name.clone(),
            answer,
            prompt,
            waiting,
            answered,
            resume,
            within,
            clock,
            timers,
            among,
        });

        self.pending.push(id);
        let mut heard = self.heard(id);
        let exhausted = ask.tries.as_ref().map(|tries| (tries, self.plain_action(&tries.action, prompt, refusals)));
        // Its count knows nothing of the answer, also where a `where` refuses that.
        let exhausted = exhausted.map(|(tries, block)| (self.opaque_expression(&tries.count), block));
        let exhausted = exhausted.as_ref().map(|(most, block)| (most, *block));
        let mut problem = None;
        let refused = match (&ask.refused, &ask.prompt) {
            (Some(action), Some(_)) => Some(self.action(action, prompt, refusals, &mut problem)),
            // It asked nothing that could be asked again.
            (Some(action), None) => Some(self.plain_action(action, waiting, refusals)),
            (None, Some(_)) => Some(prompt),
            (None, None) => None,
        };
        let refused = refused.map(|specific| self.refusal(specific, refusals, exhausted));
        heard.silence = match (&ask.within, on_silence) {
            (Some(Within { action: Some(action), .. }), _) => {
                let specific = self.plain_action(action, prompt, silences);
                Some(self.refusal(specific, silences, None))
            }
            (Some(Within { action: None, .. }), _) => {
                let close = self.new_block();
                self.graph.blocks[close.0].end = End::CloseOnSilence;
                Some(close)
            }
            (None, Some(handler)) => Some(self.on_silence(handler, id, silences)),
            (None, None) => None,
        };
        self.here = Some(resume);
        self.end(End::Reply { question: id, heard, accepted, refused, problem, again: asked });

        self.here = Some(accepted);
        self.scopes.bind(plain(&ask.name), answer);
        for check in &ask.wheres {
            let start = self.here;
            let specific = self.plain_action(&check.action, prompt, refusals);
            let refused = self.refusal(specific, refusals, exhausted);
            self.here = start;
            let condition = self.opaque_expression(&check.condition);
            let then = self.new_block();
            self.end(End::If { condition, declares: Vec::new(), then, otherwise: refused, refuses: true });
            self.here = Some(then);
        }
        self.goto(answered);
        self.here = Some(answered);
        if let Some(after) = after {
            self.goto(after);
            self.here = Some(after);
        }
        self.pending.pop();
    }

    /// How long it waits, and what that is computed from.
    pub(super) fn clock(
        &mut self,
        within: Option<&Within>,
        on_silence: Option<Handler<'a>>,
    ) -> (Option<Expr>, Variables) {
        let (duration, uses) = match (within, on_silence.map(|handler| (handler, &handler.on.what))) {
            (Some(within), _) => (&within.duration, self.used(&Uses::of_expression(&within.duration))),
            (None, Some((handler, Heard::Silence(duration)))) => {
                let uses = Uses::of_expression(duration);
                // What its names mean is what they mean where the handler stands.
                let nobody = QuestionId(self.graph.questions.len());
                (duration, self.handle(handler, nobody, |builder| builder.used(&uses)))
            }
            _ => return (None, Variables::new()),
        };
        (Some(duration.clone()), uses)
    }

    /// The timers that run here.
    pub(super) fn timers(&self) -> Variables {
        self.handlers.iter().filter_map(|handler| handler.timer).collect()
    }

    /// What an `on silence` does for one question.
    pub(super) fn on_silence(&mut self, handler: Handler<'a>, id: QuestionId, count: Option<VariableId>) -> BlockId {
        let prompt = self.graph.question(id).prompt;
        let here = self.here.take();
        let specific = self.handle(handler, id, |builder| builder.plain_action(&handler.on.action, prompt, count));
        let silence = self.refusal(specific, count, None);
        self.here = here;
        silence
    }

    fn check_question(&mut self, ask: &Ask) {
        let name = &ask.name;
        if ask.prompt.is_none() && !self.hears {
            self.cx
                .error(name.span(), "this conversation hears no events")
                .help("write `hears Type` before its `->`, with the type of the events");
        }
        if ask.ty.is_none() && ask.prompt.is_none() {
            self.cx
                .error(name.span(), format_args!("`{name}` needs its type, that of the events"))
                .help(format_args!("write `let {name}: Type = hear;`, with the type behind `hears`"));
        } else if ask.ty.is_none() {
            self.cx
                .error(name.span(), format_args!("the question `{name}` needs the type that its reply is read as"))
                .help(format_args!("write `let {name}: String = ask …;`"));
        }
        self.check_name(name);
    }

    pub(super) fn check_name(&mut self, name: &Ident) {
        if let Some(first) = self.graph.questions.iter().find(|question| question.name == *name) {
            if std::ptr::eq(first.source.name(), name) {
                self.cx
                    .error(
                        name.span(),
                        format_args!("the question `{name}` stands in an `on` that is heard at more than one"),
                    )
                    .help("`goto` a question instead, or `run` a conversation that asks it");
                return;
            }
            let line = first.source.name().span().start().line;
            self.cx
                .error(name.span(), format_args!("`{name}` is already a question of this conversation, on line {line}"))
                .help(format_args!(
                    "questions are told apart by their names, also in two branches: call this one something like \
                     `other_{name}`, or ask once, behind the branches"
                ));
        }
    }

    /// Begins at the place where a `goto` to the question leads.
    pub(super) fn enter(&mut self, name: &Ident) {
        let entry = self.entry(name).expect("a block knows its questions");
        if self.here != Some(entry) {
            self.goto(entry);
            self.here = Some(entry);
        }
    }

    /// `let mut refused: u32 = 0;`, which an older state need not have. With a question goes what it was called.
    pub(super) fn counter(
        &mut self,
        needed: bool,
        (question, was): (&Ident, &[(String, Span)]),
        what: &str,
    ) -> Option<VariableId> {
        needed.then(|| {
            let ty = parse_quote_spanned!(Span::mixed_site()=> ::core::primitive::u32);
            let count = self.declare_ours(format!("{}_{what}", plain(question)), ty);
            let default = Some(parse_quote_spanned!(Span::mixed_site()=> 0));
            *self.graph.variables.older(count) = Older { was: called(was, what), default, place: None };
            let name = &self.graph.variables.get(count).name;
            let start = quote_spanned!(Span::mixed_site()=> let mut #name: ::core::primitive::u32 = 0;);
            self.ours(start, &[], &[count]);
            count
        })
    }

    /// Takes what is known already for the answer, or asks.
    fn unless(&mut self, ask: &Ask, known: &Expr, answer: VariableId, answered: BlockId, prompt: BlockId) {
        let (name, mutable) = (&ask.name, ask.mutable.then(|| quote_spanned!(Span::mixed_site()=> mut)));
        let mut condition = self.opaque_expression(known);
        let known = &condition.code;
        // What is wrong with the value is said at the value, held against the question's type.
        let value = match &ask.ty {
            Some(ty) => {
                let option = quote_spanned!(ty.span().resolved_at(Span::mixed_site())=> ::core::option::Option<#ty>);
                parse_quote_spanned!(Span::mixed_site()=> { let known: #option = #known; known })
            }
            None => condition.code,
        };
        let some = quote_spanned!(Span::mixed_site()=> ::core::option::Option::Some(#mutable #name));
        condition.code = Expr::Let(ExprLet {
            attrs: Vec::new(),
            let_token: Token![let](Span::mixed_site()),
            pat: Box::new(Pat::parse_single.parse2(some).expect("a pattern")),
            eq_token: Token![=](Span::mixed_site()),
            expr: Box::new(value),
        });
        let then = self.new_block();
        self.end(End::If { condition, declares: vec![answer], then, otherwise: prompt, refuses: false });
        self.here = Some(then);
        self.goto(answered);
    }

    /// Counts a refusal, and gives up where there were too many.
    fn refusal(
        &mut self,
        specific: BlockId,
        count: Option<VariableId>,
        exhausted: Option<(&Opaque<Expr>, BlockId)>,
    ) -> BlockId {
        let Some(counter) = count else { return specific };
        let start = self.new_block();
        self.here = Some(start);
        self.count(count);
        match exhausted {
            None => self.goto(specific),
            Some((most, exhausted)) => {
                // A count of another type is told at the count.
                let mut name = self.graph.variables.get(counter).name.clone();
                name.set_span(most.code.span().resolved_at(name.span()));
                let mut condition = most.clone();
                condition.code = Expr::Binary(ExprBinary {
                    attrs: Vec::new(),
                    left: parse_quote_spanned!(Span::mixed_site()=> #name),
                    op: BinOp::Ge(Token![>=](Span::mixed_site())),
                    right: Box::new(condition.code),
                });
                condition.uses.insert(counter);
                self.end(End::If {
                    condition,
                    declares: Vec::new(),
                    then: exhausted,
                    otherwise: specific,
                    refuses: false,
                });
            }
        }
        start
    }

    /// An action that has no problem to bind.
    fn plain_action(&mut self, action: &'a Action, prompt: BlockId, count: Option<VariableId>) -> BlockId {
        let mut problem = None;
        let block = self.action(action, prompt, count, &mut problem);
        if let Some(problem) = problem {
            let name = &self.graph.variables.get(problem).name;
            self.cx
                .error(
                    name.span(),
                    "only the bare `else` of a question has a problem to tell: why the reply is not of its type",
                )
                .help("write the block without it");
        }
        block
    }
}

/// What a variable of ours was called that is named after a question with these names.
pub(super) fn called(was: &[(String, Span)], what: &str) -> Vec<(String, Span)> {
    was.iter().map(|(name, span)| (format!("{name}_{what}"), *span)).collect()
}

/// Whether a handler's actions are counted.
pub(super) fn escalates(handler: Handler<'_>) -> bool {
    matches!(handler.on.action, Action::List(_))
}

impl Ask {
    fn counts_refusals(&self) -> bool {
        let actions = self.wheres.iter().map(|check| &check.action).chain(&self.refused);
        self.tries.is_some() || actions.into_iter().any(|action| matches!(action, Action::List(_)))
    }

    fn counts_silences(&self) -> bool {
        let action = self.within.as_ref().and_then(|within| within.action.as_ref());
        matches!(action, Some(Action::List(_)))
    }
}
