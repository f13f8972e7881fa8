//! One function that runs from a state to the next: a `loop` over a `match`, without recursion.
//!
//! ```ignore
//! fn turn(slot: &mut Slot<Introduction>, talk: &mut Talk<'_>) -> Poll<Person> {
//!     enum At { Slot, B4 { name: String } }
//!     let mut at = At::Slot;
//!     'turn: loop {
//!         match at {
//!             At::Slot => match slot.take() {
//!                 Slot::Start(Introduction { .. }) => { at = At::B1 {}; continue 'turn; }
//!                 Slot::Waiting(IntroductionState::Age { name }) => { … }
//!                 Slot::Over => return Poll::Pending,
//!             },
//!             At::B4 { name } => {
//!                 talk.say_text(format_args!("And your age?"));
//!                 *slot = Slot::Waiting(IntroductionState::Age { name });
//!                 return Poll::Pending;
//!             }
//!         }
//!     }
//! }
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, Stmt, Type};

use super::scope::Scope;
use super::{output, state_name};
use crate::escapes::{self, Escape};
use crate::graph::{Block, BlockId, End, Exit, Graph, Liveness, MatchArm, Opaque, Operation, QuestionId};
use crate::machine::{Field, Machine, Region};
use crate::names::{VariableId, Variables};
use crate::syntax::ast::{Conversation, Message};

/// `fn turn(…)` of the conversation's `impl`.
pub(crate) fn turn(conversation: &Conversation, graph: &Graph<'_>, live: &Liveness, machine: &Machine) -> TokenStream {
    let output = output(conversation);
    let emitter = Emitter { conversation, graph, live, machine, ending: Ending::of(conversation.output.as_ref()) };
    let body = emitter.body();
    let items = &graph.items;
    let returned = emitter.ending.returned(&output);
    let (asynchronous, awaited) = match graph.awaits {
        true => (Some(quote_spanned!(Span::mixed_site()=> async)), Some(quote_spanned!(Span::mixed_site()=> .await))),
        false => (None, None),
    };
    let name = &conversation.name;
    let polled = emitter.ending.polled(quote_spanned!(Span::mixed_site()=> turn(slot, talk)#awaited));
    quote_spanned! {Span::mixed_site()=>
        fn turn(
            slot: &mut ::converse::__private::Slot<Self>,
            talk: &mut ::converse::__private::Talk<'_>,
        ) -> impl ::core::future::Future<Output = ::core::task::Poll<#output>> + ::core::marker::Send {
            #(#items)*
            #[allow(
                unused_assignments, unused_braces, unused_labels, unused_mut, unused_parens, unreachable_code,
                clippy::needless_return, clippy::never_loop, clippy::redundant_locals, clippy::let_unit_value
            )]
            #asynchronous fn turn(
                slot: &mut ::converse::__private::Slot<#name>,
                talk: &mut ::converse::__private::Talk<'_>,
            ) -> #returned {
                #body
            }
            async move { #polled }
        }
    }
}

/// How a turn hands its output on, so that `?` works on it: a `Poll` of a `Result` takes it, one of an `Option` does
/// not, an `Option` of a `Poll` does.
enum Ending {
    Poll,
    /// The output is an `Option` of this.
    Option(Type),
}

impl Ending {
    fn of(output: Option<&Type>) -> Ending {
        if let Some(Type::Path(path)) = output
            && let Some(last) = path.path.segments.last()
            && last.ident == "Option"
            && let syn::PathArguments::AngleBracketed(arguments) = &last.arguments
            && let Some(syn::GenericArgument::Type(inner)) = arguments.args.first()
        {
            return Ending::Option(inner.clone());
        }
        Ending::Poll
    }

    fn returned(&self, output: &TokenStream) -> TokenStream {
        match self {
            Ending::Poll => quote_spanned!(Span::mixed_site()=> ::core::task::Poll<#output>),
            Ending::Option(inner) => {
                quote_spanned!(Span::mixed_site()=> ::core::option::Option<::core::task::Poll<#inner>>)
            }
        }
    }

    fn pending(&self) -> TokenStream {
        match self {
            Ending::Poll => quote_spanned!(Span::mixed_site()=> ::core::task::Poll::Pending),
            Ending::Option(_) => {
                quote_spanned!(Span::mixed_site()=> ::core::option::Option::Some(::core::task::Poll::Pending))
            }
        }
    }

    fn ready(&self, value: TokenStream) -> TokenStream {
        match self {
            Ending::Poll => quote_spanned!(Span::mixed_site()=> ::core::task::Poll::Ready(#value)),
            Ending::Option(_) => {
                quote_spanned!(Span::mixed_site()=> ::core::option::Option::map(#value, ::core::task::Poll::Ready))
            }
        }
    }

    /// What the turn returned, as the trait wants it.
    fn polled(&self, turn: TokenStream) -> TokenStream {
        match self {
            Ending::Poll => turn,
            Ending::Option(_) => quote_spanned! {Span::mixed_site()=>
                match #turn {
                    ::core::option::Option::Some(polled) => polled.map(::core::option::Option::Some),
                    ::core::option::Option::None => ::core::task::Poll::Ready(::core::option::Option::None),
                }
            },
        }
    }
}

struct Emitter<'e, 'a> {
    conversation: &'e Conversation,
    graph: &'e Graph<'a>,
    live: &'e Liveness,
    machine: &'e Machine,
    ending: Ending,
}

impl<'e> Emitter<'e, '_> {
    fn body(&self) -> TokenStream {
        let slot = self.slot();
        if self.machine.joins.is_empty() {
            return slot;
        }
        let variants = self.machine.joins.iter().map(|join| {
            let (variant, fields) =
                (&join.variant, join.region.fields.iter().map(|Field { name, ty, .. }| quote!(#name: #ty)));
            quote_spanned!(Span::mixed_site()=> #variant { #(#fields),* })
        });
        let joins = self.machine.joins.iter().map(|join| {
            let variant = &join.variant;
            let (fields, body) = self.region(&join.region);
            quote_spanned!(Span::mixed_site()=> __At::#variant { #fields } => { #body })
        });
        quote_spanned! {Span::mixed_site()=>
            enum __At { Slot, #(#variants),* }
            let mut at = __At::Slot;
            'turn: loop {
                match at {
                    __At::Slot => { #slot }
                    #(#joins)*
                }
            }
        }
    }

    /// Goes on from where the conversation stands.
    fn slot(&self) -> TokenStream {
        let (name, state) = (&self.conversation.name, state_name(self.conversation));
        let (fields, start) = self.region(&self.machine.start);
        let states = self.machine.states.iter().map(|waiting| {
            let variant = &waiting.variant;
            let (fields, body) = self.region(&waiting.region);
            quote_spanned! {Span::mixed_site()=>
                ::converse::__private::Slot::Waiting(#state::#variant { #fields }) => { #body }
            }
        });
        let pending = self.ending.pending();
        quote_spanned! {Span::mixed_site()=>
            match ::converse::__private::Slot::take(slot) {
                ::converse::__private::Slot::Start(#name { #fields .. }) => { #start }
                #(#states)*
                ::converse::__private::Slot::Over => return #pending,
            }
        }
    }

    /// A region's fields as patterns, and what it does.
    fn region(&self, region: &Region) -> (TokenStream, TokenStream) {
        let handed = region.fields.iter().map(|field| field.variable);
        let mut scope = Scope::of(&self.graph.variables, handed.chain(region.unset.iter().copied()));
        let fields = region.fields.iter().map(|field| {
            let (name, pattern) = (&field.name, scope.pattern(field.variable));
            match scope.name(field.variable) == *name {
                true => quote_spanned!(Span::mixed_site()=> #pattern,),
                false => quote_spanned!(Span::mixed_site()=> #name: #pattern,),
            }
        });
        let fields = quote!(#(#fields)*);
        let mut body = TokenStream::new();
        for variable in &region.unset {
            let pattern = scope.pattern(*variable);
            let ty = self.graph.variables.get(*variable).ty.iter();
            body.extend(quote_spanned!(Span::mixed_site()=> let #pattern #(: #ty)*;));
        }
        body.extend(self.block(region.block, &mut scope));
        (fields, body)
    }

    /// What a block does, written where it stands. It never falls through.
    fn block(&self, id: BlockId, scope: &mut Scope<'e>) -> TokenStream {
        let block = self.graph.block(id);
        let needed = self.live.through(self.graph, block);
        let mut out = TokenStream::new();
        for (operation, after) in block.operations.iter().zip(&needed[1..]) {
            self.operation(operation, after, scope, &mut out);
        }
        out.extend(self.end(block, needed.last().expect("one before the end"), scope));
        out
    }

    fn operation(&self, operation: &Operation<'_>, after: &Variables, scope: &mut Scope<'e>, out: &mut TokenStream) {
        match operation {
            Operation::Rust { declares, .. }
                if declares.iter().any(|declared| self.machine.idle.contains(declared)) => {}
            Operation::Rust { statement, declares, .. } => {
                let mut needed = after.clone();
                needed.extend(&statement.uses);
                self.prepare(statement, &needed, scope, out);
                let mut code = statement.code.clone();
                self.rewrite(&statement.exits, scope, |replace| escapes::in_statement(&mut code, replace));
                let hiding = scope.hide(declares.iter().copied(), after);
                match &mut code {
                    // The value may use what its variable hides.
                    Stmt::Local(local) if !hiding.is_empty() && local.init.is_some() => {
                        let init = local.init.as_mut().expect("looked at");
                        let value = &init.expr;
                        let ty = match &local.pat {
                            syn::Pat::Type(typed) => Some(typed.ty.clone()),
                            _ => None,
                        };
                        let ty = ty.iter();
                        out.extend(quote_spanned!(Span::mixed_site()=> let __value #(: #ty)* = #value; #hiding));
                        init.expr = syn::parse_quote_spanned!(Span::mixed_site()=> __value);
                    }
                    _ => out.extend(hiding),
                }
                code.to_tokens(out);
                scope.declare(declares.iter().copied());
            }
            Operation::Bind { variable, value } => {
                let mut needed = after.clone();
                needed.extend(&value.uses);
                self.prepare(value, &needed, scope, out);
                let mut code = value.code.clone();
                self.rewrite(&value.exits, scope, |replace| escapes::in_expression(&mut code, replace));
                out.extend(self.bind(*variable, quote!(#code), after, scope));
            }
            Operation::Say { message, uses } => {
                let mut needed = after.clone();
                needed.extend(uses);
                out.extend(scope.show(uses, &needed));
                out.extend(say(message));
            }
        }
    }

    /// `let variable: Type = value;`
    fn bind(&self, variable: VariableId, value: TokenStream, after: &Variables, scope: &mut Scope<'e>) -> TokenStream {
        let hiding = scope.hide([variable], after);
        let ty = self.graph.variables.get(variable).ty.iter();
        scope.declare([variable]);
        let pattern = scope.pattern(variable);
        match hiding.is_empty() {
            true => quote_spanned!(Span::mixed_site()=> let #pattern #(: #ty)* = #value;),
            false => {
                quote_spanned!(Span::mixed_site()=> let __value #(: #ty)* = #value; #hiding let #pattern = __value;)
            }
        }
    }

    /// Makes the names right for some Rust: what it uses is shown, and what its jumps hand on is not hidden inside.
    fn prepare<T>(&self, opaque: &Opaque<T>, needed: &Variables, scope: &mut Scope<'e>, out: &mut TokenStream) {
        out.extend(scope.show(&opaque.uses, needed));
        let handed: Variables =
            opaque.exits.iter().filter_map(|exit| exit.target()).flat_map(|to| self.live.at(to)).copied().collect();
        out.extend(scope.hide_names(&opaque.binds, &handed));
    }

    /// Writes what some Rust says and where it jumps.
    fn rewrite(&self, exits: &[Exit], scope: &Scope<'e>, visit: impl FnOnce(&mut dyn FnMut(Escape) -> Option<Expr>)) {
        let mut exits = exits.iter();
        visit(&mut |escape| {
            let tokens = match escape {
                Escape::Say(span, tokens) => {
                    let mut nothing = crate::diagnostics::Diagnostics::default();
                    let said = crate::syntax::message(&mut nothing, span, tokens).as_ref().map(say);
                    quote_spanned!(Span::mixed_site()=> { #said })
                }
                Escape::Return(value) => {
                    let done = self.done(value.map(|value| quote!(#value)));
                    quote_spanned!(Span::mixed_site()=> { #done })
                }
                Escape::Retry(_) | Escape::Continue(..) => {
                    let jump = self.exit(*exits.next()?, None, scope);
                    quote_spanned!(Span::mixed_site()=> { #jump })
                }
                Escape::Break(_, value) => {
                    let jump = self.exit(*exits.next()?, value.map(|value| quote!(#value)), scope);
                    quote_spanned!(Span::mixed_site()=> { #jump })
                }
            };
            Some(Expr::Verbatim(tokens))
        });
    }

    fn exit(&self, exit: Exit, value: Option<TokenStream>, scope: &Scope<'e>) -> TokenStream {
        match exit {
            Exit::Output => self.done(value),
            Exit::To(target) => {
                let jump = self.jump(target, scope);
                quote_spanned!(Span::mixed_site()=> #value; #jump)
            }
            Exit::With(variable, target) => {
                let mut scope = scope.clone();
                let value = value.unwrap_or_else(|| quote_spanned!(Span::mixed_site()=> ()));
                let bound = self.bind(variable, value, self.live.at(target), &mut scope);
                let jump = self.jump(target, &scope);
                quote_spanned!(Span::mixed_site()=> #bound #jump)
            }
        }
    }

    /// Jumps to a block that has an arm of its own.
    fn jump(&self, target: BlockId, scope: &Scope<'_>) -> TokenStream {
        let join = self.machine.join(target).expect("lowering made a join of every block that is jumped to");
        let variant = &join.variant;
        let fields = handed(&join.region.fields, scope);
        quote_spanned!(Span::mixed_site()=> at = __At::#variant { #fields }; continue 'turn;)
    }

    /// Goes to a block: into it where it is written here, to its arm otherwise.
    fn goto(&self, target: BlockId, scope: &Scope<'e>) -> TokenStream {
        match self.machine.join(target) {
            Some(_) => self.jump(target, scope),
            None => self.block(target, &mut scope.clone()),
        }
    }

    /// Ends the conversation with its output. The type stands there so that rustc holds the value against it, and
    /// not against a type of ours.
    fn done(&self, value: Option<TokenStream>) -> TokenStream {
        let output = output(self.conversation);
        let value = value.unwrap_or_else(|| quote_spanned!(Span::mixed_site()=> ()));
        let ready = self.ending.ready(quote_spanned!(Span::mixed_site()=> output));
        quote_spanned!(Span::mixed_site()=> let output: #output = #value; return #ready;)
    }

    fn end(&self, block: &Block<'_>, needed: &Variables, scope: &mut Scope<'e>) -> TokenStream {
        match &block.end {
            // What stands before never finishes, and its type says so, or rustc does.
            End::Never => TokenStream::new(),
            End::Goto(target) => self.goto(*target, scope),
            End::If { condition, declares, then, otherwise, .. } => {
                let mut out = TokenStream::new();
                self.prepare(condition, needed, scope, &mut out);
                let mut code = condition.code.clone();
                self.rewrite(&condition.exits, scope, |replace| escapes::in_expression(&mut code, replace));
                out.extend(scope.hide(declares.iter().copied(), needed));
                let otherwise = self.goto(*otherwise, scope);
                scope.declare(declares.iter().copied());
                let then = self.goto(*then, scope);
                out.extend(quote_spanned!(Span::mixed_site()=> if #code { #then } else { #otherwise }));
                out
            }
            End::Match { scrutinee, arms } => self.choice(scrutinee, arms, needed, scope),
            End::Wait(question) => self.wait(*question, scope),
            End::Reply { question, accepted, refused, problem, silence } => {
                let answer = self.graph.question(*question);
                let ty = answer.ask.ty.as_ref();
                let span = ty.map_or_else(Span::mixed_site, syn::spanned::Spanned::span);
                let read =
                    quote_spanned!(span.resolved_at(Span::mixed_site())=> <#ty as ::converse::__private::Reply>::read);
                let (reason, refused) = {
                    let mut scope = scope.clone();
                    let hiding = scope.hide(*problem, needed);
                    scope.declare(*problem);
                    let reason = problem.map(|problem| scope.pattern(problem));
                    let refused = self.goto(*refused, &scope);
                    (reason.unwrap_or_else(|| quote_spanned!(Span::mixed_site()=> _)), quote!(#hiding #refused))
                };
                let silence = silence.map(|silence| {
                    let body = self.goto(silence, scope);
                    quote_spanned!(Span::mixed_site()=> ::converse::__private::Input::Silence => { #body })
                });
                let again = self.keep_waiting(*question, scope);
                let value = quote_spanned! {Span::mixed_site()=>
                    match ::converse::__private::Talk::input(talk) {
                        ::converse::__private::Input::Reply(reply) => match #read(reply) {
                            ::core::result::Result::Ok(value) => value,
                            ::core::result::Result::Err(#reason) => { #refused }
                        },
                        #silence
                        _ => { #again }
                    }
                };
                let bound = self.bind(answer.answer, value, self.live.at(*accepted), scope);
                let accepted = self.goto(*accepted, scope);
                quote!(#bound #accepted)
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
        out.extend(scope.hide(arms.iter().flat_map(|arm| arm.declares.iter().copied()), needed));
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

    /// Sets the question's clock and its state.
    fn wait(&self, question: QuestionId, scope: &mut Scope<'e>) -> TokenStream {
        let clock = self.graph.question(question).ask.within.as_ref().map(|within| {
            let duration = &within.duration;
            quote_spanned! {Span::mixed_site()=>
                ::converse::__private::Talk::wait(talk, ::converse::__private::Clock::Within(#duration));
            }
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
}

/// A region's fields, filled with the variables as they are called here.
fn handed(fields: &[Field], scope: &Scope<'_>) -> TokenStream {
    let fields = fields.iter().map(|field| {
        let (name, value) = (&field.name, scope.name(field.variable));
        match value == *name {
            true => quote_spanned!(Span::mixed_site()=> #name),
            false => quote_spanned!(Span::mixed_site()=> #name: #value),
        }
    });
    quote!(#(#fields),*)
}

fn say(message: &Message) -> TokenStream {
    match message {
        Message::Format { tokens, .. } => quote_spanned! {Span::mixed_site()=>
            ::converse::__private::Talk::say_text(talk, ::core::format_args!(#tokens));
        },
        Message::Value(value) => quote_spanned! {Span::mixed_site()=>
            ::converse::__private::Talk::say(talk, #value);
        },
    }
}
