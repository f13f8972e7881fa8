//! One function that runs from a state to the next: a `loop` over a `match`, without recursion.
//!
//! ```text
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
use quote::{quote, quote_spanned};

use super::ending::Ending;
use super::scope::Scope;
use super::{generics, output, placeholders, state_name, states};
use crate::graph::{BlockId, Graph, Liveness, Node};
use crate::machine::{Field, Machine, Region};
use crate::syntax::ast::Conversation;

/// `fn turn(…)` of the conversation's `impl`.
pub(crate) fn turn(
    conversation: &Conversation,
    graph: &Graph<'_>,
    live: &Liveness,
    machine: &Machine,
    traced: bool,
) -> TokenStream {
    let output = output(conversation);
    let ending = Ending::of(conversation.output.as_ref());
    let own = quote_spanned!(Span::mixed_site()=> .1).into_iter();
    let own: TokenStream = graph.others(conversation).iter().flat_map(|_| own.clone()).collect();
    let own = quote_spanned!(Span::mixed_site()=> with #own);
    let emitter = Emitter { conversation, graph, live, machine, ending, own, traced };
    let body = emitter.body();
    let items = &graph.items;
    let returned = emitter.ending.returned(&output);
    let asynchronous = graph.awaits.then(|| quote_spanned!(Span::mixed_site()=> async));
    let (name, with) = (&conversation.name, states::with(conversation, graph));
    let generics = generics::bounded(conversation, graph);
    let (generics, arguments, bounds) = generics.split_for_impl();
    let own = &emitter.own;
    let dependencies: Vec<_> = conversation.dependencies.iter().map(|dependency| &dependency.name).collect();
    let future = emitter.ending.future(quote_spanned!(Span::mixed_site()=> turn(slot, with, talk)), graph.awaits);
    quote_spanned! {Span::mixed_site()=>
        fn turn(
            slot: &mut ::converse::__private::Slot<Self>,
            with: &Self::With,
            talk: &mut ::converse::__private::Talk<'_>,
        ) -> impl ::core::future::Future<Output = ::core::task::Poll<#output>> + ::core::marker::Send {
            #(#items)*
            #[allow(
                trivial_bounds, unused_assignments, unused_braces, unused_labels, unused_mut, unused_parens, unreachable_code,
                clippy::needless_return, clippy::never_loop, clippy::redundant_locals, clippy::let_unit_value,
                clippy::needless_late_init, clippy::int_plus_one
            )]
            #asynchronous fn turn #generics(
                slot: &mut ::converse::__private::Slot<#name #arguments>,
                with: &#with,
                talk: &mut ::converse::__private::Talk<'_>,
            ) -> #returned #bounds {
                #(#[allow(unused_variables)] let #dependencies = &#own.#dependencies;)*
                #body
            }
            #future
        }
    }
}

pub(super) struct Emitter<'e, 'a> {
    pub(super) conversation: &'e Conversation,
    pub(super) graph: &'e Graph<'a>,
    pub(super) live: &'e Liveness,
    pub(super) machine: &'e Machine,
    pub(super) ending: Ending,
    /// What the conversation itself depends on, beside what those which it runs do.
    pub(super) own: TokenStream,
    /// Whether a turn tells which edges it takes.
    pub(super) traced: bool,
}

/// Where a turn that awaits takes a region's variables from.
struct Taken {
    from: TokenStream,
    ty: TokenStream,
    /// What `taken`, of that type, is matched as.
    value: TokenStream,
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
        let types = self.machine.joins.iter().flat_map(|join| &join.region.fields).map(|field| &field.ty);
        let phantom = generics::phantom(&self.conversation.generics, quote!(#(#types)*));
        let never = phantom
            .as_ref()
            .map(|_| quote_spanned!(Span::mixed_site()=> __At::__Generics(never, _) => match never {},));
        let phantom = phantom.map(|ty| quote_spanned!(Span::mixed_site()=> __Generics(::converse::Never, #ty),));
        let generics = generics::bounded(self.conversation, self.graph);
        let (generics, arguments, bounds) = generics.split_for_impl();
        // As for what is taken from a region: while the turn awaits, nothing is to be in there.
        let leave = self.graph.awaits.then(|| quote_spanned!(Span::mixed_site()=> let _ = { at };));
        let joins = self.machine.joins.iter().map(|join| {
            let variant = &join.variant;
            let pattern = |fields| quote_spanned!(Span::mixed_site()=> __At::#variant { #fields });
            let taken = Taken {
                from: quote_spanned!(Span::mixed_site()=> at),
                ty: quote_spanned!(Span::mixed_site()=> __At #arguments),
                value: quote_spanned!(Span::mixed_site()=> taken),
            };
            self.arm(&join.region, None, pattern, taken)
        });
        quote_spanned! {Span::mixed_site()=>
            #[allow(trivial_bounds)]
            enum __At #generics #bounds { Slot, #(#variants,)* #phantom }
            let mut at: __At #arguments = __At::Slot;
            'turn: loop {
                match at {
                    __At::Slot => { #leave #slot }
                    #(#joins)*
                    #never
                }
            }
        }
    }

    /// Goes on from where the conversation stands.
    fn slot(&self) -> TokenStream {
        let (name, state) = (&self.conversation.name, state_name(self.conversation));
        let (_, arguments, _) = self.conversation.generics.split_for_impl();
        let taken = || Taken {
            from: quote_spanned!(Span::mixed_site()=> slot),
            ty: quote_spanned!(Span::mixed_site()=> &mut ::converse::__private::Slot<#name #arguments>),
            value: quote_spanned!(Span::mixed_site()=> ::converse::__private::Slot::take(taken)),
        };
        let start = |fields| quote_spanned!(Span::mixed_site()=> ::converse::__private::Slot::Start(#name { #fields }));
        let start = self.arm(&self.machine.start, Some(Node::Start), start, taken());
        let states = self.machine.states.iter().map(|waiting| {
            let variant = &waiting.variant;
            let pattern = |fields| {
                quote_spanned!(Span::mixed_site()=> ::converse::__private::Slot::Waiting(#state::#variant { #fields }))
            };
            self.arm(&waiting.region, Some(Node::Question(waiting.question)), pattern, taken())
        });
        let slot = match self.graph.awaits {
            true => quote_spanned!(Span::mixed_site()=> *slot),
            false => quote_spanned!(Span::mixed_site()=> ::converse::__private::Slot::take(slot)),
        };
        let pending = self.ending.pending();
        let never = states::never(self.conversation, self.machine).map(|_| {
            quote_spanned! {Span::mixed_site()=>
                ::converse::__private::Slot::Waiting(#state::__Generics(never, _)) => match never {},
            }
        });
        quote_spanned! {Span::mixed_site()=>
            match #slot {
                #start
                #(#states)*
                #never
                ::converse::__private::Slot::Over => return #pending,
            }
        }
    }

    /// The arm of a region, which takes what is handed to it and does what it does.
    ///
    /// A turn that awaits takes its variables by a call: what a pattern moves out of, the future would hold a second
    /// time as long as it lives.
    fn arm(
        &self,
        region: &Region,
        from: Option<Node>,
        pattern: impl Fn(TokenStream) -> TokenStream,
        taken: Taken,
    ) -> TokenStream {
        let handed = region.fields.iter().map(|field| field.variable);
        let scope = Scope::of(&self.graph.variables, &self.own, handed.chain(region.unset.iter().copied()));
        let mut body = from.map(|from| self.leaves(from)).unwrap_or_default();
        body.extend(self.region(region, &mut scope.clone()));
        // Of a conversation's parameters some may not be needed.
        let others = (region.block == Graph::ENTRY).then(|| quote_spanned!(Span::mixed_site()=> ..));
        if !self.graph.awaits {
            let fields = region.fields.iter().map(|field| {
                let (name, pattern) = (&field.name, scope.pattern(field.variable));
                match scope.name(field.variable) == *name {
                    true => quote_spanned!(Span::mixed_site()=> #pattern,),
                    false => quote_spanned!(Span::mixed_site()=> #name: #pattern,),
                }
            });
            let pattern = pattern(quote!(#(#fields)* #others));
            return quote_spanned!(Span::mixed_site()=> #pattern => { #body });
        }
        let Taken { from, ty, value } = taken;
        let bound = placeholders(&region.fields);
        let fields = region.fields.iter().zip(&bound).map(|(Field { name, .. }, bound)| quote!(#name: #bound,));
        let rest = quote_spanned!(Span::mixed_site()=> ..);
        let (whole, any) = (pattern(quote!(#(#fields)* #others)), pattern(rest));
        let variables = region.fields.iter().map(|field| scope.pattern(field.variable));
        quote_spanned! {Span::mixed_site()=>
            #any => {
                let (#(#variables,)*) = (|taken: #ty| match #value {
                    #whole => (#(#bound,)*),
                    _ => ::core::unreachable!(),
                })(#from);
                #body
            }
        }
    }

    /// What a region does.
    fn region(&self, region: &Region, scope: &mut Scope<'e>) -> TokenStream {
        let mut body = TokenStream::new();
        for variable in &region.unset {
            let pattern = scope.pattern(*variable);
            let ty = self.graph.variables.get(*variable).ty.iter();
            body.extend(quote_spanned!(Span::mixed_site()=> let #pattern #(: #ty)*;));
        }
        body.extend(self.block(region.block, scope));
        body
    }

    /// What a block does, written where it stands. It never falls through.
    pub(super) fn block(&self, id: BlockId, scope: &mut Scope<'e>) -> TokenStream {
        let block = self.graph.block(id);
        let needed = self.live.through(self.graph, block);
        let mut out = TokenStream::new();
        for (operation, after) in block.operations.iter().zip(&needed[1..]) {
            self.operation(operation, after, scope, &mut out);
        }
        out.extend(self.end(block, needed.last().expect("one before the end"), scope));
        out
    }
}
