//! How a block ends: it goes on, branches, waits, or is the end.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;

use super::scope::Scope;
use super::state_name;
use super::turn::Emitter;
use crate::escapes;
use crate::graph::{Block, BlockId, End, MatchArm, Opaque, QuestionId, Source};
use crate::machine::Field;
use crate::names::Variables;
use crate::syntax::ast::Ask;
use crate::types::argument;

impl<'e> Emitter<'e, '_> {
    pub(super) fn end(&self, block: &Block<'_>, needed: &Variables, scope: &mut Scope<'e>) -> TokenStream {
        match &block.end {
            // What stands before never finishes, and its type says so, or rustc does.
            End::Never => TokenStream::new(),
            End::Goto(target) => self.goto(*target, scope),
            End::If { condition, declares, then, otherwise, .. } => {
                let mut out = TokenStream::new();
                self.prepare(condition, needed, scope, &mut out);
                let mut code = condition.code.clone();
                self.rewrite(&condition.exits, scope, |replace| escapes::in_expression(&mut code, replace));
                out.extend(scope.hide(declares.iter().copied(), self.live.at(*then)));
                let otherwise = self.goto(*otherwise, scope);
                scope.declare(declares.iter().copied());
                let then = self.goto(*then, scope);
                out.extend(quote_spanned!(Span::mixed_site()=> if #code { #then } else { #otherwise }));
                out
            }
            End::Match { scrutinee, arms } => self.choice(scrutinee, arms, needed, scope),
            End::Wait(question) => self.wait(*question, scope),
            End::Again(question) => self.keep_waiting(*question, scope),
            End::Run { question, heard, done } => self.run(*question, heard, *done, scope),
            End::Reply { question, heard, accepted, refused, problem, silence, again } => {
                let answer = self.graph.question(*question);
                let heard = heard.iter().map(|(words, block)| {
                    let body = self.goto(*block, scope);
                    quote_spanned! {Span::mixed_site()=>
                        if ::converse::__private::is_one_of(&reply, &[#(#words),*]) { #body }
                    }
                });
                let verbatim = answer.source.ask().is_some_and(|ask| ask.verbatim);
                let overhears = (!verbatim).then(|| {
                    let waiting = self.keep_waiting(*question, scope);
                    quote_spanned!(Span::mixed_site()=> if ::converse::__private::Talk::overhears(talk, &reply) { #waiting })
                });
                let heard = quote!(#(#heard)* #overhears);
                let (reason, refused) = {
                    let mut scope = scope.clone();
                    let hiding = scope.hide(*problem, needed);
                    scope.declare(*problem);
                    let reason = problem.map(|problem| scope.pattern(problem));
                    let refused = self.goto(*refused, &scope);
                    (reason, quote!(#hiding #refused))
                };
                let silence = silence.map(|silence| {
                    let body = self.goto(silence, scope);
                    quote_spanned!(Span::mixed_site()=> ::converse::__private::Input::Silence => { #body })
                });
                let (waiting, again) = (self.keep_waiting(*question, scope), self.goto(*again, scope));
                let shown = scope.show(&answer.among, needed);
                let read = match answer.source {
                    Source::Ask(ask) => read(ask, reason.is_some()),
                    Source::Run(..) => unreachable!("what is run reads its replies itself"),
                };
                let read = match reason {
                    None => quote_spanned! {Span::mixed_site()=>
                        match #read {
                            ::core::option::Option::Some(value) => value,
                            ::core::option::Option::None => { #refused }
                        }
                    },
                    Some(reason) => quote_spanned! {Span::mixed_site()=>
                        match #read {
                            ::core::result::Result::Ok(value) => value,
                            ::core::result::Result::Err(#reason) => { #refused }
                        }
                    },
                };
                let value = quote_spanned! {Span::mixed_site()=>
                    match ::converse::__private::Talk::input(talk) {
                        ::converse::__private::Input::Reply(reply) => {
                            #heard
                            #read
                        }
                        #silence
                        ::converse::__private::Input::Again => { #again }
                        _ => { #waiting }
                    }
                };
                let bound = self.bind(answer.answer, value, self.live.at(*accepted), scope);
                let accepted = self.goto(*accepted, scope);
                quote!(#shown #bound #accepted)
            }
            End::Close(close) => {
                let mut out = TokenStream::new();
                self.prepare(&close.code, needed, scope, &mut out);
                out.extend(scope.show(&close.uses, needed));
                let code = &close.code.code;
                out.extend(self.close(quote!(#code), close.reason.as_ref()));
                out
            }
            End::Return(value, span) => {
                let mut out = TokenStream::new();
                let value = match value {
                    Some(value) => {
                        self.prepare(value, needed, scope, &mut out);
                        let mut code = value.code.clone();
                        self.rewrite(&value.exits, scope, |replace| escapes::in_expression(&mut code, replace));
                        quote!(#code)
                    }
                    None => quote_spanned!(span.resolved_at(Span::mixed_site())=> ()),
                };
                let done = self.done(Some(value));
                quote!(#out #done)
            }
            End::CloseOnSilence => {
                let pending = self.ending.pending();
                quote_spanned! {Span::mixed_site()=>
                    ::converse::__private::Talk::close_on_silence(talk);
                    return #pending;
                }
            }
        }
    }

    fn choice(
        &self,
        scrutinee: &Opaque<Expr>,
        arms: &[MatchArm],
        needed: &Variables,
        scope: &mut Scope<'e>,
    ) -> TokenStream {
        let mut out = TokenStream::new();
        let guards: Variables = arms.iter().flat_map(|arm| &arm.uses).copied().collect();
        out.extend(scope.show(&guards, needed));
        self.prepare(scrutinee, needed, scope, &mut out);
        let mut code = scrutinee.code.clone();
        self.rewrite(&scrutinee.exits, scope, |replace| escapes::in_expression(&mut code, replace));
        let after = arms.iter().flat_map(|arm| self.live.at(arm.block)).copied().collect();
        out.extend(scope.hide(arms.iter().flat_map(|arm| arm.declares.iter().copied()), &after));
        let arms = arms.iter().map(|arm| {
            let mut scope = scope.clone();
            scope.declare(arm.declares.iter().copied());
            let (pattern, body) = (&arm.pattern, self.goto(arm.block, &scope));
            quote_spanned!(Span::mixed_site()=> #pattern => { #body })
        });
        let arms = quote!(#(#arms)*);
        out.extend(quote_spanned!(Span::mixed_site()=> match #code { #arms }));
        out
    }

    /// Lets another conversation take its turn.
    fn run(
        &self,
        question: QuestionId,
        heard: &[(Vec<String>, BlockId)],
        done: BlockId,
        scope: &mut Scope<'e>,
    ) -> TokenStream {
        let asked = self.graph.question(question);
        let Source::Run(run, running) = asked.source else { unreachable!("only a `run` ends a block so") };
        let others = self.graph.others(self.conversation);
        let with = match others.iter().position(|other| std::ptr::eq(*other, run)) {
            Some(index) => {
                let outer = quote_spanned!(Span::mixed_site()=> .1).into_iter();
                let outer: TokenStream = (0..index).flat_map(|_| outer.clone()).collect();
                quote_spanned!(Span::mixed_site()=> &with #outer.0)
            }
            None => quote_spanned!(Span::mixed_site()=> with),
        };
        let name = scope.name(running);
        let words = heard.iter().map(|(words, _)| quote_spanned!(Span::mixed_site()=> &[#(#words),*]));
        let heard = heard.iter().enumerate().map(|(index, (_, block))| {
            let body = self.goto(*block, scope);
            quote_spanned!(Span::mixed_site()=> ::core::option::Option::Some(#index) => { #body })
        });
        let heard = quote!(#(#heard)*);
        let (waiting, pending) = (self.waiting(question, scope), self.ending.pending());
        // A type that differs is said at what is run.
        let place = run.value.to_token_stream().into_iter().next().map_or_else(Span::mixed_site, |first| first.span());
        let output = quote_spanned!(Span::mixed_site().located_at(place)=> value);
        let value = quote_spanned! {Span::mixed_site()=>
            {
                ::converse::__private::Talk::listen(talk, &[#(#words),*]);
                let polled = ::converse::__private::Conversation::turn(&mut #name, #with, talk).await;
                let heard = ::converse::__private::Talk::unlisten(talk);
                match polled {
                    ::core::task::Poll::Ready(value) => #output,
                    ::core::task::Poll::Pending => {
                        if ::converse::__private::Slot::is_over(&#name) {
                            return #pending;
                        }
                        match heard {
                            #heard
                            _ => { #waiting }
                        }
                    }
                }
            }
        };
        let bound = match run.ty {
            Some(_) => self.bind(asked.answer, value, self.live.at(done), scope),
            None => quote_spanned!(Span::mixed_site()=> let _ = #value;),
        };
        let done = self.goto(done, scope);
        quote!(#bound #done)
    }

    /// Sets the question's clock and its state.
    fn wait(&self, question: QuestionId, scope: &mut Scope<'e>) -> TokenStream {
        let within = self.graph.question(question).source.ask().and_then(|ask| ask.within.as_ref());
        let clock = within.map(|within| {
            let duration = &within.duration;
            // What is wrong with its type is said at the expression.
            let place = syn::spanned::Spanned::span(duration).resolved_at(Span::mixed_site());
            let clock = quote_spanned!(place=> ::converse::__private::Clock::Within(#duration));
            quote_spanned!(Span::mixed_site()=> ::converse::__private::Talk::wait(talk, #clock);)
        });
        let shown =
            scope.show(&self.graph.question(question).clock, self.live.at(self.graph.question(question).resume));
        let waiting = self.waiting(question, scope);
        quote!(#shown #clock #waiting)
    }

    /// Goes back to waiting as if nothing had come.
    fn keep_waiting(&self, question: QuestionId, scope: &Scope<'_>) -> TokenStream {
        let waiting = self.waiting(question, scope);
        quote_spanned! {Span::mixed_site()=>
            ::converse::__private::Talk::wait(talk, ::converse::__private::Clock::Unchanged);
            #waiting
        }
    }

    fn waiting(&self, question: QuestionId, scope: &Scope<'_>) -> TokenStream {
        let (state, waiting) = (state_name(self.conversation), self.machine.state(question));
        let (variant, pending) = (&waiting.variant, self.ending.pending());
        let fields = handed(&waiting.region.fields, scope);
        quote_spanned! {Span::mixed_site()=>
            *slot = ::converse::__private::Slot::Waiting(#state::#variant { #fields });
            return #pending;
        }
    }

    /// Jumps to a block that has an arm of its own.
    pub(super) fn jump(&self, target: BlockId, scope: &Scope<'_>) -> TokenStream {
        let join = self.machine.join(target).expect("lowering made a join of every block that is jumped to");
        let variant = &join.variant;
        let fields = handed(&join.region.fields, scope);
        quote_spanned!(Span::mixed_site()=> at = __At::#variant { #fields }; continue 'turn;)
    }

    /// Goes to a block: into it where it is written here, to its arm otherwise.
    pub(super) fn goto(&self, target: BlockId, scope: &Scope<'e>) -> TokenStream {
        match self.machine.join(target) {
            Some(_) => self.jump(target, scope),
            None => self.block(target, &mut scope.clone()),
        }
    }
}

/// Reads the reply as the question wants it: as a `Result` where it asks for the problem, else as an `Option`.
fn read(ask: &Ask, problem: bool) -> TokenStream {
    let Some(ty) = &ask.ty else { return TokenStream::new() };
    // What is wrong with the type is said at the type.
    let span = syn::spanned::Spanned::span(ty).resolved_at(Span::mixed_site());
    let plain = !ask.verbatim && ask.among.is_none();
    let method = match (ask.verbatim, problem) {
        (true, _) => quote_spanned!(span=> read_verbatim),
        (false, true) => quote_spanned!(span=> read),
        (false, false) => quote_spanned!(span=> accept),
    };
    let read = match (&ask.among, argument(ty, "Vec"), argument(ty, "Option")) {
        (Some(among), Some(item), _) => {
            quote_spanned!(span=> ::converse::__private::read_several_among::<#item>(&reply, #among))
        }
        (Some(among), None, _) => quote_spanned!(span=> ::converse::__private::read_among::<#ty>(&reply, #among)),
        (None, Some(item), _) => quote_spanned!(span=> ::converse::__private::read_several::<#item>(reply)),
        (None, None, Some(item)) => match ask.verbatim {
            true => quote_spanned!(span=> ::converse::__private::read_verbatim_or_nothing::<#item>(reply)),
            false => quote_spanned!(span=> ::converse::__private::read_or_nothing::<#item>(reply)),
        },
        (None, None, None) => quote_spanned!(span=> <#ty as ::converse::__private::Reply>::#method(reply)),
    };
    let accepts = plain && argument(ty, "Vec").or(argument(ty, "Option")).is_none();
    match accepts || problem {
        true => read,
        false => quote_spanned!(span=> #read.ok()),
    }
}

/// A region's fields, filled with the variables as they are called here.
fn handed(fields: &[Field], scope: &Scope<'_>) -> TokenStream {
    let fields = fields.iter().map(|field| {
        let (name, mut value) = (&field.name, scope.name(field.variable));
        if let Some(used) = field.used {
            value.set_span(used.resolved_at(value.span()));
        }
        match field.used.is_none() && value == *name {
            true => quote_spanned!(Span::mixed_site()=> #name),
            false => quote_spanned!(Span::mixed_site()=> #name: #value),
        }
    });
    quote!(#(#fields),*)
}
