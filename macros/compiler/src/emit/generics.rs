//! The conversation's generics, as each of the items needs them.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Generics, parse_quote_spanned};

/// The type parameters that do not stand in these tokens. An item that has them must name them all the same.
fn unused(generics: &Generics, tokens: impl ToTokens) -> Vec<&Ident> {
    let mut names = BTreeSet::new();
    collect(tokens.into_token_stream(), &mut names);
    generics.type_params().map(|parameter| &parameter.ident).filter(|name| !names.contains(&name.to_string())).collect()
}

fn collect(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => {
                names.insert(name.to_string());
            }
            TokenTree::Group(group) => collect(group.stream(), names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The type of a field that names the type parameters which do not stand in these tokens; none where all do.
pub(super) fn phantom(generics: &Generics, tokens: impl ToTokens) -> Option<TokenStream> {
    let unused = unused(generics, tokens);
    let phantom = quote_spanned!(Span::mixed_site()=> ::core::marker::PhantomData<fn() -> (#(#unused,)*)>);
    (!unused.is_empty()).then_some(phantom)
}

/// Whether any of the type parameters stands in these tokens.
pub(super) fn names_any(generics: &Generics, tokens: impl ToTokens) -> bool {
    unused(generics, tokens).len() < generics.type_params().count()
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
