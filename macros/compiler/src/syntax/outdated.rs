//! `on outdated => restart` and `on outdated "coupon" => goto payment`: what becomes of stored states that cannot be read.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Ident, LitStr, Path, Token};

use super::ast::{Outdated, Remedy};
use crate::diagnostics::Diagnostics;

/// Whether an `on` is of this kind, by the tokens behind it. With an `if`, `outdated` is the pattern of an event.
pub(crate) fn is_outdated(on: &TokenStream) -> bool {
    let mut tokens = on.clone().into_iter();
    let is_word = matches!(tokens.next(), Some(TokenTree::Ident(word)) if word == "outdated");
    is_word
        && match tokens.next() {
            None | Some(TokenTree::Literal(_)) => true,
            Some(TokenTree::Punct(punct)) => punct.as_char() == '=',
            Some(_) => false,
        }
}

/// Reads the tokens behind an `on`.
pub(crate) fn outdated(cx: &mut Diagnostics, on: TokenStream) -> Option<Outdated> {
    match parse.parse2(on) {
        Ok(outdated) => Some(outdated),
        Err(error) => {
            cx.syntax(error);
            None
        }
    }
}

/// Reports one that stands anywhere else.
pub(crate) fn report_misplaced(cx: &mut Diagnostics, span: Span) {
    cx.error(span, "`on outdated` is about the whole conversation, and stands at its head")
        .help("put it in front of everything else in the body");
}

fn parse(input: ParseStream<'_>) -> syn::Result<Outdated> {
    let word: Ident = input.parse()?;
    let mut questions = Vec::new();
    while input.peek(LitStr) {
        let name: LitStr = input.parse()?;
        questions.push((name.value(), name.span()));
        input.parse::<Option<Token![|]>>()?;
    }
    let span = word.span();
    let (known, example) = match questions.is_empty() {
        true => ("write `on outdated => restart;`, or `park`, or `close 4000, \"…\"`", "restart"),
        false => ("write `… => goto name;` with the question to ask instead, or `… => migrate function;`", "goto"),
    };
    if !input.peek(Token![=>]) {
        return Err(error(span, "an `on outdated` needs a `=>`: what becomes of it", known));
    }
    input.parse::<Token![=>]>()?;
    let unknown = |span| error(span, "this does not say what becomes of what cannot be read", known);
    let action: Ident = input.parse().map_err(|error| unknown(if input.is_empty() { span } else { error.span() }))?;
    let general = example == "restart";
    let remedy = match action.to_string().as_str() {
        "restart" if general => Remedy::Restart(text(input)?),
        "park" if general => Remedy::Park,
        "close" if general => {
            let code = input.parse().map_err(|error| with_help(error, "write `close 4000, \"…\"`"))?;
            let reason = if input.parse::<Option<Token![,]>>()?.is_some() { text(input)? } else { None };
            Remedy::Close { code, reason }
        }
        "goto" if !general => Remedy::Goto(input.parse().map_err(|error| with_help(error, known))?),
        "migrate" if !general => {
            Remedy::Migrate(input.call(Path::parse_mod_style).map_err(|error| with_help(error, known))?)
        }
        "goto" | "migrate" => {
            let help =
                format!("write `on outdated \"coupon\" => {action} …;`, and what else cannot be read begins again");
            return Err(error(
                action.span(),
                format!("`{action}` is for one question that is gone, by its name"),
                help,
            ));
        }
        "restart" | "park" | "close" => {
            let help = format!("leave the name out: `on outdated => {action} …;` is for all that no other one is for");
            return Err(error(action.span(), format!("`{action}` is not for one question"), help));
        }
        _ => return Err(unknown(action.span())),
    };
    if !input.is_empty() {
        return Err(error(input.span(), format!("nothing stands behind this `{action}`"), "leave this out"));
    }
    Ok(Outdated { span, questions, remedy })
}

/// Words that are said, which hold no values: of what was stored nothing can be read.
fn text(input: ParseStream<'_>) -> syn::Result<Option<LitStr>> {
    if input.is_empty() {
        return Ok(None);
    }
    let plain = |text: &LitStr| !text.value().contains(['{', '}']);
    let text: Option<LitStr> = input.fork().parse().ok().filter(plain);
    match text {
        Some(_) => input.parse().map(Some),
        None => {
            let message = "these words can hold no value: of what was stored nothing can be read";
            Err(error(input.span(), message, "write a text in quotes, without braces"))
        }
    }
}

fn error(span: Span, message: impl std::fmt::Display, help: impl std::fmt::Display) -> syn::Error {
    syn::Error::new(span, format_args!("{message}\n\n  = help: {help}"))
}

fn with_help(error: syn::Error, help: &str) -> syn::Error {
    self::error(error.span(), &error, help)
}
