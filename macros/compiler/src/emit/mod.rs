//! The machine as tokens. The user's code keeps its own tokens; everything around it has `Span::mixed_site()`, so that
//! neither can capture a name of the other.

mod diagram;
mod editor;
mod ending;
mod ends;
mod flow;
mod operations;
mod scope;
mod states;
mod stub;
mod turn;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};

pub(crate) use editor::editor;
pub(crate) use stub::stub;

use crate::graph::{Edge, Graph, Liveness};
use crate::machine::Machine;
use crate::syntax::ast::Conversation;

/// Everything that `conversation!` stands for.
pub(crate) fn conversation(
    conversation: &Conversation,
    graph: &Graph<'_>,
    edges: &[Edge],
    live: &Liveness,
    machine: &Machine,
) -> TokenStream {
    let diagram = diagram::diagram(graph, edges);
    let declared = states::conversation(conversation, Some(&diagram));
    let states = states::states(conversation, graph, machine);
    let flow = flow::flow(conversation, graph, edges, machine);
    let question = states::question(conversation, machine);
    let turn = turn::turn(conversation, graph, live, machine);
    let (dependencies, with) = (states::dependencies(conversation), states::with(conversation, graph));
    let (name, state, output) = (&conversation.name, state_name(conversation), output(conversation));
    quote_spanned! {Span::mixed_site()=>
        #declared
        #states
        #dependencies

        #[automatically_derived]
        impl ::converse::__private::Conversation for #name {
            type Output = #output;
            type State = #state;
            type With = #with;
            const FLOW: ::converse::__private::flow::Flow = #flow;
            #question
            #turn
        }
    }
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
