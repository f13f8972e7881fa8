//! What happens next: `retry`, `wait`, `back`, `goto name`, `answer EXPR`, `close 4001, "reason"`.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{Expr, Lit, LitStr};

use super::amiss;
use super::ast::{Verb, VerbKind};
use super::message::message;
use crate::diagnostics::Diagnostics;

/// How many bytes of a reason a close has room for (RFC 6455 §5.5).
const MOST_REASON: usize = 123;

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
        "answer" => VerbKind::Answer(syn::parse2(rest.clone()).map_err(|error| amiss::report(cx, error, &rest)).ok()?),
        "close" => {
            let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
            let mut rest = rest.into_iter();
            let code: TokenStream = rest.by_ref().take_while(|token| !is_comma(token)).collect();
            let code = close_code(cx, span, code)?;
            let reason: TokenStream = rest.collect();
            check_reason(cx, &reason);
            let reason = if reason.is_empty() { None } else { Some(message(cx, span, reason)?) };
            VerbKind::Close { code, reason }
        }
        _ => return None,
    };
    Some(Verb { span, kind })
}

/// The code of a `close`. One that a server does not send (RFC 6455 §7.4) is reported where it can be seen.
fn close_code(cx: &mut Diagnostics, word: Span, tokens: TokenStream) -> Option<Expr> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    if let [TokenTree::Literal(code), TokenTree::Literal(reason)] = trees.as_slice() {
        cx.error(reason.span(), "a `,` is missing between the code of a `close` and its reason")
            .help(format_args!("write `close {code}, …`"));
        return syn::parse2(TokenTree::Literal(code.clone()).into()).ok();
    }
    let code = syn::parse2(tokens.clone()).map_err(|error| amiss::report(cx, error, &tokens)).ok()?;
    if let Expr::Lit(literal) = &code {
        let error = match &literal.lit {
            Lit::Int(number) => match number.base10_parse() {
                Ok(1000..=1003 | 1007..=1009 | 1011..=1014 | 3000..=4999u16) => return Some(code),
                _ => cx.error(number.span(), format_args!("a server cannot close with the code {number}")),
            },
            _ => cx.error(word, "a `close` needs a code in front of its reason"),
        };
        error.help(
            "write `close 1000` for a good end, or a code of your own from 4000 to 4999: `close 4001, \"reason\"`",
        );
    }
    Some(code)
}

/// Reports a reason that is too long, where that can be seen.
fn check_reason(cx: &mut Diagnostics, tokens: &TokenStream) {
    let Ok(reason) = syn::parse2::<LitStr>(tokens.clone()) else { return };
    let (text, captures) = (reason.value(), ['{', '}']);
    if text.len() > MOST_REASON && !text.contains(captures) {
        cx.error(reason.span(), format_args!("this reason has {} bytes, and a close holds {MOST_REASON}", text.len()))
            .help("`say` it in front of the `close`, whose reason can then be short");
    }
}
