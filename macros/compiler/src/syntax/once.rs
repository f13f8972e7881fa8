//! `once charge(card).await`: what is done once, named by its variable, or else by what is called.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, Type};

use super::ast::{Older, Once};
use crate::diagnostics::Diagnostics;

/// Reads what stands behind `once`, whose value goes into `answer`, or nowhere.
pub(crate) fn once(
    cx: &mut Diagnostics,
    word: Span,
    answer: Option<(Ident, bool, Option<Type>)>,
    tokens: TokenStream,
) -> Option<Once> {
    if tokens.is_empty() {
        cx.error(word, "there is nothing to do once").help("write `once` in front of it: `once charge(card).await`");
        return None;
    }
    let value: Expr = syn::parse2(tokens).map_err(|error| cx.syntax(error)).ok()?;
    let Some((name, mutable, ty)) = answer else {
        let mut name = called(&value).unwrap_or_else(|| Ident::new("once", word));
        name.set_span(word);
        return Some(Once { older: Older::default(), name, mutable: false, ty: None, bound: false, value });
    };
    if ty.is_none() {
        cx.error(
            name.span(),
            format_args!("`{name}` needs its type: the value is stored before anything else happens"),
        )
        .help(format_args!("write `let {name}: Type = once …;`"));
    }
    let ty = ty.or_else(|| Some(syn::parse_quote!(_)));
    Some(Once { older: Older::default(), name, mutable, ty, bound: true, value })
}

/// The name of the function or method that is called: `charge` of `bank.charge(card).await?`.
fn called(value: &Expr) -> Option<Ident> {
    match value {
        Expr::Await(value) => called(&value.base),
        Expr::Try(value) => called(&value.expr),
        Expr::Paren(value) => called(&value.expr),
        Expr::MethodCall(call) => match called(&call.receiver) {
            // `charge(card).await.unwrap()`
            Some(inner) => Some(inner),
            None => Some(call.method.clone()),
        },
        Expr::Call(call) => match &*call.func {
            Expr::Path(function) => function.path.segments.last().map(|last| last.ident.clone()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_has_the_name_of_what_is_called() {
        let name = |source: &str| called(&syn::parse_str(source).expect("Rust")).map(|name| name.to_string());
        assert_eq!(name("bank.charge(card).await?").as_deref(), Some("charge"));
        assert_eq!(name("mail::send(to).await.expect(\"sent\")").as_deref(), Some("send"));
        assert_eq!(name("{ a }"), None);
    }
}
