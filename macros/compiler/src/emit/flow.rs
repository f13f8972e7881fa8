//! The conversation's graph as a `const`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::older;
use crate::graph::{Edge, Graph, Node, QuestionId, Source, line};
use crate::machine::Machine;
use crate::names::{VariableId, plain};
use crate::syntax::ast::Conversation;
use crate::text::source;

/// The value of `Conversation::FLOW`.
pub(crate) fn flow(conversation: &Conversation, graph: &Graph<'_>, edges: &[Edge], machine: &Machine) -> TokenStream {
    let name = conversation.name.to_string();
    let questions = machine.states.iter().map(|state| {
        let question = graph.question(state.question);
        let (name, ty, prompt) = (plain(&question.name), text(question.source.ty()), question.source.prompt());
        let line = line(question.name.span());
        let kind = match question.source {
            Source::Ask(ask) if ask.prompt.is_none() => quote_spanned!(Span::mixed_site()=> Hear),
            Source::Ask(_) => quote_spanned!(Span::mixed_site()=> Ask),
            Source::Run(..) => quote_spanned!(Span::mixed_site()=> Run),
            Source::Once(_) => quote_spanned!(Span::mixed_site()=> Once),
        };
        let remembers = state.region.fields.iter().map(|field| {
            let (name, ty) = (plain(&field.name), text(field.ty.as_ref()));
            let runs = runs(conversation, graph, field.variable);
            quote_spanned! {Span::mixed_site()=>
                ::converse::__private::flow::Field { name: #name, ty: #ty, runs: #runs }
            }
        });
        quote_spanned! {Span::mixed_site()=>
            ::converse::__private::flow::Question {
                name: #name,
                kind: ::converse::__private::flow::Kind::#kind,
                ty: #ty,
                prompt: #prompt, line: #line, remembers: &[#(#remembers),*],
            }
        }
    });
    let edges = edges.iter().map(|Edge { from, to, label, line }| {
        let (from, to) = (node(*from), node(*to));
        quote_spanned! {Span::mixed_site()=>
            ::converse::__private::flow::Edge { from: #from, to: #to, label: #label, line: #line }
        }
    });
    let older = older::flow(conversation, graph, machine);
    quote_spanned! {Span::mixed_site()=>
        ::converse::__private::flow::Flow {
            name: #name,
            file: ::core::file!(),
            questions: &[#(#questions),*],
            edges: &[#(#edges),*],
            older: &[#(#older),*],
        }
    }
}

/// The conversation that a variable holds, if it holds one.
fn runs(conversation: &Conversation, graph: &Graph<'_>, variable: VariableId) -> TokenStream {
    let Some(run) = graph.running(variable) else {
        return quote_spanned!(Span::mixed_site()=> ::core::option::Option::None);
    };
    let runs = match (run.is_of(conversation), &run.conversation) {
        (true, _) => quote_spanned!(Span::mixed_site()=> Itself),
        (false, inner) => {
            quote_spanned!(Span::mixed_site()=> Other(&<#inner as ::converse::__private::Conversation>::FLOW))
        }
    };
    quote_spanned!(Span::mixed_site()=> ::core::option::Option::Some(::converse::__private::flow::Runs::#runs))
}

pub(super) fn node(node: Node) -> TokenStream {
    match node {
        Node::Start => quote_spanned!(Span::mixed_site()=> ::converse::__private::flow::Node::Start),
        Node::End => quote_spanned!(Span::mixed_site()=> ::converse::__private::flow::Node::End),
        Node::Silence => {
            quote_spanned!(Span::mixed_site()=> ::converse::__private::flow::Node::Closed(::converse::Close::SILENCE))
        }
        Node::Closed(code) => quote_spanned!(Span::mixed_site()=> ::converse::__private::flow::Node::Closed(#code)),
        Node::Question(QuestionId(index)) => {
            quote_spanned!(Span::mixed_site()=> ::converse::__private::flow::Node::Question(#index))
        }
    }
}

/// A type as written; one of ours without the path that makes it unmistakable.
fn text(ty: Option<&syn::Type>) -> String {
    source(ty.to_token_stream()).replace("::core::primitive::", "").replace("::converse::__private::", "")
}
