//! Another name of the runtime crate: `#[converse(crate = ::talks)]`, where a conversation's crate calls it so.

use proc_macro2::{Group, TokenStream, TokenTree};
use syn::{Attribute, Path};

use crate::diagnostics::Diagnostics;
use crate::syntax::words::is_keyword;

/// Takes the crate's other name out of a conversation's attributes.
pub(crate) fn take(cx: &mut Diagnostics, attributes: &mut Vec<Attribute>) -> Option<Path> {
    let mut name = None;
    attributes.retain(|attribute| {
        let ours = attribute.path().is_ident("converse");
        if ours {
            let parsed = attribute.parse_args_with(|input: syn::parse::ParseStream<'_>| {
                input.parse::<syn::Token![crate]>()?;
                input.parse::<syn::Token![=]>()?;
                input.call(Path::parse_mod_style)
            });
            match parsed {
                Ok(path) => name = Some(path),
                Err(error) => {
                    cx.error(error.span(), "`#[converse(…)]` says what the crate is called")
                        .help("write `#[converse(crate = ::name)]`, with the path of the crate");
                }
            }
        }
        !ours
    });
    name
}

/// What the macros have emitted, with every `::converse` by the crate's other name.
pub(crate) fn rename(tokens: TokenStream, name: &Path) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
    let mut renamed = TokenStream::new();
    let mut at = 0;
    while at < tokens.len() {
        let named = matches!(tokens.get(at + 2), Some(TokenTree::Ident(ident)) if ident == "converse");
        // In the middle of a path it is no crate.
        let inside = matches!(tokens[..at].last(), Some(TokenTree::Ident(ident)) if !is_keyword(ident));
        if named && colon(at) && colon(at + 1) && colon(at + 3) && !inside {
            renamed.extend(quote::quote!(#name));
            at += 3;
            continue;
        }
        renamed.extend([match &tokens[at] {
            TokenTree::Group(group) => {
                let mut inside = Group::new(group.delimiter(), rename(group.stream(), name));
                inside.set_span(group.span());
                TokenTree::Group(inside)
            }
            other => other.clone(),
        }]);
        at += 1;
    }
    renamed
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::parse::Parser;

    use super::*;

    #[test]
    fn only_what_begins_with_the_crate_is_renamed() {
        let name = Path::parse_mod_style.parse_str("crate::talks").expect("a path");
        let source = quote!(fn f() -> ::converse::A { a::converse::B; impl<T> ::converse::C for T {} (::converse::D) => ::converse::E });
        let expected = quote!(fn f() -> crate::talks::A { a::converse::B; impl<T> crate::talks::C for T {} (crate::talks::D) => crate::talks::E });
        assert_eq!(rename(source, &name).to_string(), expected.to_string());
    }

    #[test]
    fn nothing_of_a_conversation_means_the_crate_by_its_own_name() {
        let source = include_str!("../tests/corpus/verbs.rs");
        let renamed = crate::conversation(format!("#[converse(crate = ::talks)] {source}").parse().expect("tokens"));
        assert!(!renamed.to_string().contains(":: converse ::"), "{renamed}");
        assert!(crate::conversation(source.parse().expect("tokens")).to_string().contains(":: converse ::"));
    }
}
