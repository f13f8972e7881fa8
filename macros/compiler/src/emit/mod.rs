//! The machine as tokens. The user's code keeps its own tokens; everything around it has `Span::mixed_site()`, so that
//! neither can capture a name of the other.

mod diagram;
mod editor;
mod ending;
mod ends;
mod flow;
mod generics;
mod older;
mod operations;
mod scope;
mod serde;
mod states;
mod stub;
mod trace;
mod turn;
mod wait;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::token::Brace;
use syn::{Block, Expr, ExprBlock, Stmt};

pub(crate) use editor::editor;
pub(crate) use stub::stub;

use crate::graph::{Edge, Graph, Liveness};
use crate::machine::{Field, Machine};
use crate::syntax::ast::Conversation;

/// Everything that `conversation!` stands for.
pub(crate) fn conversation(
    conversation: &Conversation,
    graph: &Graph<'_>,
    edges: &[Edge],
    live: &Liveness,
    machine: &Machine,
    traced: bool,
) -> TokenStream {
    let diagram = diagram::diagram(graph, edges);
    let declared = states::conversation(conversation, Some(&diagram));
    let states = states::states(conversation, graph, machine);
    let serde = serde::serde(conversation, graph, machine);
    let flow = flow::flow(conversation, graph, edges, machine);
    let question = states::question(conversation, machine);
    let turn = turn::turn(conversation, graph, live, machine, traced);
    let (dependencies, with) = (states::dependencies(conversation), states::with(conversation, graph));
    let (back, outdated) = (back(conversation, graph), older::outdated(conversation));
    let (event, output) = (associated("Event", event(conversation)), associated("Output", output(conversation)));
    let (name, state) = (&conversation.name, state_name(conversation));
    let generics = generics::bounded(conversation, graph);
    let (generics, arguments, bounds) = generics.split_for_impl();
    quote_spanned! {Span::mixed_site()=>
        #declared
        #states
        #serde
        #dependencies

        #[automatically_derived]
        #[allow(trivial_bounds)]
        impl #generics ::converse::__private::Conversation for #name #arguments #bounds {
            #output
            type State = #state #arguments;
            type With = #with;
            #event
            const BACK: ::core::primitive::bool = #back;
            #outdated
            const FLOW: ::converse::__private::flow::Flow = #flow;
            #question
            #turn
        }
    }
}

/// Names of ours for a region's variables, so that none of them hides another of ours.
fn placeholders(fields: &[Field]) -> Vec<Ident> {
    (0..fields.len()).map(|index| format_ident!("v{}", index, span = Span::mixed_site())).collect()
}

/// `IntroductionState`
fn state_name(conversation: &Conversation) -> Ident {
    format_ident!("{}State", conversation.name, span = Span::call_site())
}

fn output(conversation: &Conversation) -> TokenStream {
    match &conversation.output {
        Some(output) => quote::quote!(#output),
        // A value that is none is held against the name.
        None => quote_spanned!(conversation.name.span().resolved_at(Span::mixed_site())=> ()),
    }
}

/// `{ code }`, which syn puts into parentheses where Rust would read it as a statement.
fn braced(code: TokenStream) -> ExprBlock {
    let block = Block { brace_token: Brace(Span::mixed_site()), stmts: vec![Stmt::Expr(Expr::Verbatim(code), None)] };
    ExprBlock { attrs: Vec::new(), label: None, block }
}

/// `type Output = Person;`, where what is wrong with the type is told at the type.
fn associated(name: &str, ty: TokenStream) -> TokenStream {
    let place = ty.clone().into_iter().next().map_or_else(Span::mixed_site, |first| first.span());
    let (place, name) = (place.resolved_at(Span::mixed_site()), Ident::new(name, Span::mixed_site()));
    quote_spanned!(place=> type #name = #ty;)
}

/// The type of the events that it hears.
fn event(conversation: &Conversation) -> TokenStream {
    match &conversation.hears {
        Some(hears) => quote::quote!(#hears),
        None => quote_spanned!(Span::mixed_site()=> ::converse::Never),
    }
}

/// Whether there is a `back` in it, or in one that it runs.
fn back(conversation: &Conversation, graph: &Graph<'_>) -> TokenStream {
    let (own, others) = (graph.goes_back, graph.others(conversation));
    let others = others.iter().map(|run| {
        let other = &run.conversation;
        quote_spanned!(Span::mixed_site()=> || <#other as ::converse::__private::Conversation>::BACK)
    });
    quote_spanned!(Span::mixed_site()=> #own #(#others)*)
}
