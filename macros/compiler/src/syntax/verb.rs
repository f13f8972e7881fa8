//! What happens next: `retry`, `wait`, `back`, `goto name`, `answer EXPR`, `close 4001, "reason"`.

use proc_macro2::{TokenStream, TokenTree};

use super::ast::{Verb, VerbKind};
use super::message::message;
use crate::diagnostics::Diagnostics;

/// Reads a verb from its word on.
pub(crate) fn verb(cx: &mut Diagnostics, tokens: TokenStream) -> Option<Verb> {
    let mut tokens = tokens.into_iter();
    let Some(TokenTree::Ident(word)) = tokens.next() else { return None };
    let (span, rest) = (word.span(), tokens.collect::<TokenStream>());
    let kind = match word.to_string().as_str() {
        "retry" => VerbKind::Retry,
        "wait" => VerbKind::Wait,
        "back" => VerbKind::Back,
        "goto" => match syn::parse2(rest) {
            Ok(name) => VerbKind::Goto(name),
            Err(error) => {
                cx.error(error.span(), "`goto` leads to a question")
                    .help("write `goto name`, with the name of a question");
                return None;
            }
        },
        "answer" => VerbKind::Answer(syn::parse2(rest).map_err(|error| cx.syntax(error)).ok()?),
        "close" => {
            let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
            let mut rest = rest.into_iter();
            let code: TokenStream = rest.by_ref().take_while(|token| !is_comma(token)).collect();
            let code = syn::parse2(code).map_err(|error| cx.syntax(error)).ok()?;
            let reason: TokenStream = rest.collect();
            let reason = if reason.is_empty() { None } else { Some(message(cx, span, reason)?) };
            VerbKind::Close { code, reason }
        }
        _ => return None,
    };
    Some(Verb { span, kind })
}
