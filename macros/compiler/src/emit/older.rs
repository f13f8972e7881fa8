//! What a conversation reads of older states under other names or without a value, and what becomes of the rest.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::state_name;
use crate::graph::Graph;
use crate::machine::Machine;
use crate::names::plain;
use crate::syntax::ast::{Conversation, Older, Remedy};

/// `Older::Question { was: "phone", now: "mobile" }`, for whoever reads the graph.
pub(super) fn flow(conversation: &Conversation, graph: &Graph<'_>, machine: &Machine) -> Vec<TokenStream> {
    let mut all = Vec::new();
    let mut add = |entry: TokenStream| {
        all.push(quote_spanned!(Span::mixed_site()=> ::converse::__private::flow::Older::#entry));
    };
    for state in &machine.states {
        let question = graph.question(state.question);
        let at = plain(&question.name);
        for (was, _) in question.was() {
            add(quote_spanned!(Span::mixed_site()=> Question { was: #was, now: #at }));
        }
        for field in &state.region.fields {
            let (Older { was, default, .. }, now) = (&graph.variables.get(field.variable).older, plain(&field.name));
            for (was, _) in was {
                add(quote_spanned!(Span::mixed_site()=> Variable { at: #at, was: #was, now: #now }));
            }
            if default.is_some() {
                add(quote_spanned!(Span::mixed_site()=> Default { at: #at, name: #now }));
            }
        }
    }
    for (was, remedy) in gone(conversation) {
        match remedy {
            Remedy::Goto(to) => {
                let to = plain(to);
                add(quote_spanned!(Span::mixed_site()=> Goto { was: #was, to: #to }));
            }
            _ => add(quote_spanned!(Span::mixed_site()=> Migrate { was: #was })),
        }
    }
    all
}

/// The questions that are gone, each with what becomes of who waits there.
fn gone(conversation: &Conversation) -> impl Iterator<Item = (&str, &Remedy)> {
    let all = conversation.outdated.iter();
    all.flat_map(|outdated| outdated.questions.iter().map(|(name, _)| (name.as_str(), &outdated.remedy)))
}

/// What becomes of states that nothing reads, where the conversation says so.
pub(super) fn outdated(conversation: &Conversation) -> Option<TokenStream> {
    let general = conversation.outdated.iter().find(|outdated| outdated.questions.is_empty())?;
    let what = match &general.remedy {
        Remedy::Restart(Some(text)) => quote_spanned!(Span::mixed_site()=> Restart(#text)),
        Remedy::Park => quote_spanned!(Span::mixed_site()=> Park),
        Remedy::Close { code, reason } => {
            let reason = reason.as_ref().map_or_else(String::new, syn::LitStr::value);
            quote_spanned!(Span::mixed_site()=> Close(#code, #reason))
        }
        _ => return None,
    };
    Some(quote_spanned! {Span::mixed_site()=>
        const OUTDATED: ::converse::Outdated = ::converse::Outdated::#what;
    })
}

/// What of the states' `Variables` is about older names of questions; nothing where there are none.
pub(super) fn names(conversation: &Conversation, graph: &Graph<'_>, machine: &Machine) -> TokenStream {
    let mut out = TokenStream::new();
    let state = state_name(conversation);
    let (_, arguments, _) = conversation.generics.split_for_impl();
    let place =
        |name: &syn::Ident| machine.states.iter().position(|state| graph.question(state.question).name == *name);
    let was = machine.states.iter().enumerate().flat_map(|(index, state)| {
        let was = graph.question(state.question).was();
        was.into_iter().map(move |(was, _)| quote_spanned!(Span::mixed_site()=> (#was, #index)))
    });
    let (mut instead, mut migrated, mut migrates) = (Vec::new(), Vec::new(), Vec::new());
    for (was, remedy) in gone(conversation) {
        match remedy {
            Remedy::Goto(to) => {
                let index = place(to);
                instead.extend(index.map(|index| quote_spanned!(Span::mixed_site()=> (#was, #index))));
            }
            Remedy::Migrate(function) => {
                let index = migrated.len();
                migrated.push(was);
                // What is wrong with it is said at its name.
                let place = function.span().resolved_at(Span::mixed_site());
                migrates.push(quote_spanned! {place=>
                    #index => ::converse::__private::migrate::<#state #arguments, _, _, _>(from, #function)
                });
            }
            _ => {}
        }
    }
    for (name, list) in [("WAS", was.collect::<Vec<_>>()), ("INSTEAD", instead)] {
        let name = syn::Ident::new(name, Span::mixed_site());
        if !list.is_empty() {
            out.extend(quote_spanned! {Span::mixed_site()=>
                const #name: &'static [(&'static ::core::primitive::str, ::core::primitive::usize)] = &[#(#list),*];
            });
        }
    }
    if !migrated.is_empty() {
        out.extend(quote_spanned! {Span::mixed_site()=>
            const MIGRATED: &'static [&'static ::core::primitive::str] = &[#(#migrated),*];

            fn migrate<__A: ::converse::__private::serde::de::VariantAccess<'de>>(
                function: ::core::primitive::usize,
                from: __A,
            ) -> ::core::result::Result<#state #arguments, __A::Error> {
                match function {
                    #(#migrates,)*
                    _ => ::core::unreachable!("a function of this conversation"),
                }
            }
        });
    }
    out
}
