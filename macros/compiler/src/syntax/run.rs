//! `run Address { country }`: which conversation is run is read off its text, since the state has to name its type.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, Path, Type, parse_quote};

use super::ast::{Older, Run};
use crate::diagnostics::Diagnostics;
use crate::names::plain;
use crate::types::argument;

/// Reads what stands behind `run`, whose output goes into `answer`, or nowhere.
pub(crate) fn run(
    cx: &mut Diagnostics,
    word: Span,
    answer: Option<(Ident, bool, Option<Type>)>,
    tokens: TokenStream,
) -> Option<Run> {
    let value: Expr = syn::parse2(tokens).map_err(|error| cx.syntax(error)).ok()?;
    let Some(conversation) = conversation(&value) else {
        cx.error_under(&value, "`run` has to see which conversation it runs")
            .help("write `run Address { country }`, or `run Box::new(Address { country })` where it runs itself");
        return None;
    };
    let (name, mutable, ty) = match answer {
        Some((name, mutable, ty)) => {
            if ty.is_none() {
                cx.error(
                    name.span(),
                    format_args!("`{name}` needs its type, the output of the conversation that is run"),
                )
                .help(format_args!("write `let {name}: Type = run …;`"));
            }
            (name, mutable, ty)
        }
        None => (Ident::new(&snake_case(&conversation), word), false, None),
    };
    Some(Run { older: Older::default(), name, mutable, ty, conversation, value })
}

/// The type of `Address { … }`, `Address`, `Address::new(…)`, or `Box::new(…)` of one of these.
fn conversation(value: &Expr) -> Option<Type> {
    match value {
        Expr::Struct(value) => Some(of_path(value.path.clone())),
        Expr::Path(value) if value.qself.is_none() => Some(of_path(value.path.clone())),
        Expr::Paren(inner) => conversation(&inner.expr),
        Expr::Call(call) => {
            let Expr::Path(function) = &*call.func else { return None };
            let mut path = function.path.clone();
            path.segments.pop();
            path.segments.pop_punct();
            let last = path.segments.last()?;
            match call.args.first() {
                Some(inner) if last.ident == "Box" => {
                    let inner = conversation(inner)?;
                    Some(parse_quote!(#path<#inner>))
                }
                _ => Some(of_path(path)),
            }
        }
        _ => None,
    }
}

fn of_path(path: Path) -> Type {
    parse_quote!(#path)
}

/// `ShippingAddress` as `shipping_address`, in a box or not, and `Match` as `match_`.
fn snake_case(conversation: &Type) -> String {
    if let Some(inner) = argument(conversation, "Box") {
        return snake_case(inner);
    }
    let Type::Path(path) = conversation else { return "run".to_owned() };
    let name = path.path.segments.last().map(|last| plain(&last.ident)).unwrap_or_default();
    let mut snake = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    if syn::parse_str::<Ident>(&snake).is_err() {
        snake.push('_');
    }
    snake
}
