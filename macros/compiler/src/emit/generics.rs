//! The conversation's generics, as each of the items needs them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Generics, parse_quote_spanned};

use crate::graph::Graph;
use crate::syntax::ast::Conversation;

use crate::types::unnamed;

/// The type of a field that names the type parameters which do not stand in these tokens; none where all do.
pub(super) fn phantom(generics: &Generics, tokens: impl ToTokens) -> Option<TokenStream> {
    let unused = unnamed(generics, tokens);
    let phantom = quote_spanned!(Span::mixed_site()=> ::core::marker::PhantomData<fn() -> (#(#unused,)*)>);
    (!unused.is_empty()).then_some(phantom)
}

/// Whether any of the type parameters stands in these tokens.
pub(super) fn names_any(generics: &Generics, tokens: impl ToTokens) -> bool {
    unnamed(generics, tokens).len() < generics.type_params().count()
}

/// The generics and one parameter more.
pub(super) fn with_type(generics: &Generics, name: &str) -> Generics {
    let name = Ident::new(name, Span::mixed_site());
    let mut generics = generics.clone();
    generics.params.push(parse_quote_spanned!(Span::mixed_site()=> #name));
    generics
}

/// The generics and the lifetime of what is read.
pub(super) fn with_de(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    generics.params.insert(0, parse_quote_spanned!(Span::mixed_site()=> 'de));
    generics
}

/// The generics, and for each conversation that is run the bound that it is one: where it is not, that one error at its
/// name is all that rustc has to say of it.
pub(super) fn bounded(conversation: &Conversation, graph: &Graph<'_>) -> Generics {
    let mut generics = conversation.generics.clone();
    for run in graph.others(conversation) {
        let other = &run.conversation;
        let place = other.span().resolved_at(Span::mixed_site());
        let bound = parse_quote_spanned!(place=> #other: ::converse::__private::Conversation);
        generics.make_where_clause().predicates.push(bound);
    }
    generics
}
