//! What can be told of a type by its text alone.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, Generics, Ident, PathArguments, Type};

/// The last name of a type's path, and the first type that is given to it: `Vec` and `u8` of `std::vec::Vec<u8>`.
pub(crate) fn named(ty: &Type) -> Option<(&Ident, Option<&Type>)> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let argument = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(argument)) => Some(argument),
            _ => None,
        },
        _ => None,
    };
    Some((&last.ident, argument))
}

/// The type parameters that do not stand in these tokens. An item that has them must name them all the same.
pub(crate) fn unnamed(generics: &Generics, tokens: impl ToTokens) -> Vec<&Ident> {
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

/// `u8` of `Vec<u8>`, where `name` is `Vec`.
pub(crate) fn argument<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    named(ty).filter(|(last, _)| *last == name)?.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_argument_of_the_last_name() {
        let ty = |text: &str| syn::parse_str::<Type>(text).expect("a type");
        assert_eq!(argument(&ty("std::vec::Vec<u8>"), "Vec"), Some(&ty("u8")));
        assert_eq!(argument(&ty("Result<u8, E>"), "Result"), Some(&ty("u8")));
        for other in ["Vec", "Vec<'a>", "Option<u8>", "[u8]", "&Vec<u8>"] {
            assert_eq!(argument(&ty(other), "Vec"), None, "{other}");
        }
    }
}
