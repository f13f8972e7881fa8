//! Where the conversation waits, and how it goes on with what comes.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::ends::handed;
use super::scope::Scope;
use super::state_name;
use super::turn::Emitter;
use crate::graph::{BlockId, Listening, QuestionId, Source};
use crate::names::{VariableId, Variables};
use crate::syntax::ast::Ask;
use crate::types::argument;

/// What can come while a question waits.
pub(super) struct Arms<'b> {
    pub(super) question: QuestionId,
    pub(super) heard: &'b Listening,
    /// What is needed by whatever comes.
    pub(super) needed: &'b Variables,
}

impl<'e> Emitter<'e, '_> {
    /// Goes on with what has come: reads a reply, or takes an event.
    pub(super) fn reply(
        &self,
        arms: &Arms<'_>,
        accepted: BlockId,
        (refused, problem): (Option<BlockId>, Option<VariableId>),
        again: BlockId,
        scope: &mut Scope<'e>,
    ) -> TokenStream {
        let question = self.graph.question(arms.question);
        let Source::Ask(ask) = question.source else { unreachable!("only a question reads a reply") };
        let mut shown = self.before_arms(arms, scope);
        shown.extend(scope.show(&question.among, arms.needed));
        let words = arms.heard.words.iter().map(|(words, block)| {
            let body = self.goto(*block, scope);
            quote_spanned! {Span::mixed_site()=>
                if ::converse::__private::is_one_of(&reply, &[#(#words),*]) { #body }
            }
        });
        let words = quote!(#(#words)*);
        let waiting = self.keep_waiting(arms.question, scope);
        let overhears = (!ask.verbatim).then(|| {
            quote_spanned!(Span::mixed_site()=> if ::converse::__private::Talk::overhears(talk, &reply) { #waiting })
        });
        let read = match (&ask.prompt, refused) {
            (Some(_), Some(refused)) => self.read(ask, refused, problem, arms.needed, scope),
            // A reply is not what it waits for.
            (None, Some(refused)) => self.goto(refused, scope),
            (_, None) => waiting.clone(),
        };
        let event = ask.prompt.is_none().then(|| {
            // Where it is not of the variable's type, that is underlined.
            let place = ask.ty.as_ref().map_or_else(Span::mixed_site, |ty| ty.span());
            quote_spanned!(Span::mixed_site().located_at(place)=> event)
        });
        let (events, timers, silence) =
            (self.events(arms, event, scope), self.timers(arms, scope), self.silence(arms, scope));
        let (asked, again) = (self.asked(), self.goto(again, scope));
        let value = quote_spanned! {Span::mixed_site()=>
            match ::converse::__private::Talk::input(talk) {
                ::converse::__private::Input::Reply(reply) => {
                    #words
                    #overhears
                    #read
                }
                #events
                #timers
                #silence
                ::converse::__private::Input::Again => { #asked #again }
                left => {
                    ::converse::__private::Talk::leave(talk, left);
                    #waiting
                }
            }
        };
        let bound = self.bind(question.answer, value, self.live.at(accepted), scope);
        let accepted = self.goto(accepted, scope);
        quote!(#shown #bound #accepted)
    }

    /// Reads the reply, or deals with one that will not do.
    fn read(
        &self,
        ask: &Ask,
        refused: BlockId,
        problem: Option<VariableId>,
        needed: &Variables,
        scope: &Scope<'e>,
    ) -> TokenStream {
        let mut scope = scope.clone();
        let hiding = scope.hide(problem, needed);
        scope.declare(problem);
        let reason = problem.map(|problem| scope.pattern(problem));
        let refused = self.goto(refused, &scope);
        let read = read(ask, reason.is_some());
        match reason {
            None => quote_spanned! {Span::mixed_site()=>
                match #read {
                    ::core::option::Option::Some(value) => value,
                    ::core::option::Option::None => { #refused }
                }
            },
            // What the problem hides is moved out of its way first.
            Some(reason) => quote_spanned! {Span::mixed_site()=>
                match #read {
                    ::core::result::Result::Ok(value) => value,
                    ::core::result::Result::Err(problem) => { #hiding let #reason = problem; #refused }
                }
            },
        }
    }

    /// Lets another conversation take its turn.
    pub(super) fn run(&self, arms: &Arms<'_>, done: BlockId, scope: &mut Scope<'e>) -> TokenStream {
        let asked = self.graph.question(arms.question);
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
        let mut shown = self.before_arms(arms, scope);
        shown.extend(scope.show(&asked.clock, arms.needed));
        let name = scope.name(running);
        let words = arms.heard.words.iter().map(|(words, _)| quote_spanned!(Span::mixed_site()=> &[#(#words),*]));
        let heard = arms.heard.words.iter().enumerate().map(|(index, (_, block))| {
            let body = self.goto(*block, scope);
            quote_spanned!(Span::mixed_site()=> ::core::option::Option::Some(#index) => { #body })
        });
        let heard = quote!(#(#heard)*);
        let left = self.left(arms, scope);
        let clock = asked.within.as_ref().map(
            |duration| quote_spanned!(Span::mixed_site()=> ::converse::__private::Talk::wait_at_most(talk, #duration);),
        );
        let alarms = self.alarms(arms.question, scope);
        // Another question of what is run has silences of its own.
        let anew = arms.heard.silences.map(|silences| {
            let silences = scope.name(silences);
            quote_spanned!(Span::mixed_site()=> if ::converse::__private::Talk::has_advanced(talk) { #silences = 0; })
        });
        let (waiting, pending) = (self.waiting(arms.question, scope), self.ending.pending());
        let (runs, ran) = (self.runs(arms.question), self.ran());
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
                        #anew
                        match heard {
                            #heard
                            _ => {}
                        }
                        #left
                        #clock
                        #alarms
                        #runs
                        #waiting
                    }
                }
            }
        };
        let bound = match run.ty {
            Some(_) => self.bind(asked.answer, value, self.live.at(done), scope),
            None => quote_spanned!(Span::mixed_site()=> let _ = #value;),
        };
        let done = self.goto(done, scope);
        quote!(#shown #bound #ran #done)
    }

    /// What the conversation that is run has left for this one.
    fn left(&self, arms: &Arms<'_>, scope: &Scope<'e>) -> TokenStream {
        let Listening { events, timers, silence, .. } = arms.heard;
        if events.is_empty() && timers.is_empty() && silence.is_none() {
            return TokenStream::new();
        }
        let (events, timers, silence) =
            (self.events(arms, None, scope), self.timers(arms, scope), self.silence(arms, scope));
        quote_spanned! {Span::mixed_site()=>
            match ::converse::__private::Talk::input(talk) {
                #events
                #timers
                #silence
                left => ::converse::__private::Talk::leave(talk, left),
            }
        }
    }

    /// Makes the names right for what stands in the arms.
    fn before_arms(&self, arms: &Arms<'_>, scope: &mut Scope<'e>) -> TokenStream {
        let events = &arms.heard.events;
        let guards: Variables = events.iter().flat_map(|arm| &arm.uses).copied().collect();
        let mut out = scope.show(&guards, arms.needed);
        let after = events.iter().flat_map(|arm| self.live.at(arm.block)).copied().collect();
        out.extend(scope.hide(events.iter().flat_map(|arm| arm.declares.iter().copied()), &after));
        out
    }

    /// The arm of an event. One that no pattern matches is `otherwise` a value, or left for others.
    fn events(&self, arms: &Arms<'_>, otherwise: Option<TokenStream>, scope: &Scope<'e>) -> Option<TokenStream> {
        let events = &arms.heard.events;
        let hears = self.conversation.hears.as_ref().filter(|_| otherwise.is_some() || !events.is_empty())?;
        let waiting = self.keep_waiting(arms.question, scope);
        let leave = |event: TokenStream| {
            quote_spanned! {Span::mixed_site()=>
                ::converse::__private::Talk::leave(talk, ::converse::__private::Input::Event(#event));
                #waiting
            }
        };
        let unknown = leave(quote_spanned!(Span::mixed_site()=> event));
        let otherwise = otherwise.unwrap_or_else(|| {
            let left = leave(quote_spanned!(Span::mixed_site()=> ::converse::__private::Event::new(event)));
            quote_spanned!(Span::mixed_site()=> { #left })
        });
        let patterns = events.iter().map(|arm| {
            let mut scope = scope.clone();
            scope.declare(arm.declares.iter().copied());
            let (pattern, body) = (&arm.pattern, self.goto(arm.block, &scope));
            quote_spanned!(Span::mixed_site()=> #pattern => { #body })
        });
        let patterns = quote!(#(#patterns)*);
        Some(quote_spanned! {Span::mixed_site()=>
            ::converse::__private::Input::Event(event) => match ::converse::__private::Event::take::<#hears>(event) {
                #[allow(unreachable_patterns)]
                ::core::result::Result::Ok(event) => match event {
                    #patterns
                    event => #otherwise,
                },
                ::core::result::Result::Err(event) => { #unknown }
            },
        })
    }

    /// The arm of a timer that has run out, the innermost first.
    fn timers(&self, arms: &Arms<'_>, scope: &Scope<'e>) -> Option<TokenStream> {
        if arms.heard.timers.is_empty() {
            return None;
        }
        let timers = arms.heard.timers.iter().map(|(timer, block)| {
            let (timer, body) = (scope.name(*timer), self.goto(*block, scope));
            quote_spanned!(Span::mixed_site()=> if ::converse::__private::Timer::rings(&mut #timer, __due) { #body })
        });
        let timers = quote!(#(#timers)*);
        let waiting = self.keep_waiting(arms.question, scope);
        Some(quote_spanned! {Span::mixed_site()=>
            ::converse::__private::Input::Timer(__due) => {
                #timers
                ::converse::__private::Talk::leave(talk, ::converse::__private::Input::Timer(__due));
                #waiting
            }
        })
    }

    fn silence(&self, arms: &Arms<'_>, scope: &Scope<'e>) -> Option<TokenStream> {
        let body = self.goto(arms.heard.silence?, scope);
        Some(quote_spanned!(Span::mixed_site()=> ::converse::__private::Input::Silence => { #body }))
    }

    /// Sets the question's clock and its state.
    pub(super) fn wait(&self, question: QuestionId, scope: &mut Scope<'e>) -> TokenStream {
        let asked = self.graph.question(question);
        let clock = match &asked.within {
            // What is wrong with its type is said at the expression.
            Some(time) => quote_spanned! {time.span().resolved_at(Span::mixed_site())=>
                ::converse::__private::Clock::Within(#time)
            },
            None => quote_spanned!(Span::mixed_site()=> ::converse::__private::Clock::Unlimited),
        };
        let clock = quote_spanned!(Span::mixed_site()=> ::converse::__private::Talk::wait(talk, #clock););
        let shown = scope.show(&asked.clock, self.live.at(asked.resume));
        let (alarms, waiting) = (self.alarms(question, scope), self.waiting(question, scope));
        quote!(#shown #clock #alarms #waiting)
    }

    /// Goes back to waiting as if nothing had come.
    pub(super) fn keep_waiting(&self, question: QuestionId, scope: &Scope<'_>) -> TokenStream {
        let (alarms, waiting) = (self.alarms(question, scope), self.waiting(question, scope));
        quote_spanned! {Span::mixed_site()=>
            ::converse::__private::Talk::wait(talk, ::converse::__private::Clock::Unchanged);
            #alarms
            #waiting
        }
    }

    /// Sets the timers that run while a question waits.
    pub(super) fn alarms(&self, question: QuestionId, scope: &Scope<'_>) -> TokenStream {
        let timers = self.graph.question(question).timers.iter().map(|timer| {
            let timer = scope.name(*timer);
            quote_spanned!(Span::mixed_site()=> ::converse::__private::Talk::set(talk, &mut #timer);)
        });
        quote!(#(#timers)*)
    }

    pub(super) fn waiting(&self, question: QuestionId, scope: &Scope<'_>) -> TokenStream {
        let (state, waiting) = (state_name(self.conversation), self.machine.state(question));
        let (variant, pending) = (&waiting.variant, self.ending.pending());
        let fields = handed(&waiting.region.fields, scope);
        let hears = self.graph.question(question).hears();
        let hears = hears.then(|| quote_spanned!(Span::mixed_site()=> ::converse::__private::Talk::hear(talk);));
        quote_spanned! {Span::mixed_site()=>
            #hears
            *slot = ::converse::__private::Slot::Waiting(#state::#variant { #fields });
            return #pending;
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
