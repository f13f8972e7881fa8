//! `on … => action`: what it is for, and what happens then.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use super::action::action;
use super::ast::{Action, Heard, On};
use super::time::duration;
use super::{amiss, outdated};
use crate::diagnostics::Diagnostics;

/// `"cancel" | "stop" => action`
pub(crate) fn on(cx: &mut Diagnostics, word: Span, tokens: TokenStream) -> Option<On> {
    let is_outdated = outdated::is_outdated(&tokens);
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if is_outdated {
        outdated::report_misplaced(cx, tokens[0].span());
        return None;
    }
    let is = |at: usize, c: char| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == c);
    let arrow = (0..tokens.len()).find(|at| is(*at, '=') && is(at + 1, '>'));
    let block = tokens.iter().position(is_brace);
    let Some(arrow) =
        arrow.filter(|arrow| block.is_none_or(|block| *arrow < block || !tokens[..block].iter().all(is_word)))
    else {
        cx.error(word, "an `on` needs a `=>`: what happens then").help("write `on \"cancel\" => return …`");
        return None;
    };
    let what = heard(cx, word, &tokens[..arrow]);
    let action = action(cx, tokens[arrow].span(), tokens[arrow + 2..].iter().cloned().collect())?;
    let what = what?;
    if matches!(action, Action::List(_)) && !matches!(what, Heard::Silence(_)) {
        cx.error(word, "this `on` has one action: only refusals and silences are counted, and escalate")
            .help("write a message, or a block that counts for itself");
        return None;
    }
    Some(On { span: word, what, action })
}

/// What an `on` is for: words, `silence 5min`, `after 30d`, or the pattern of an event.
fn heard(cx: &mut Diagnostics, word: Span, tokens: &[TokenTree]) -> Option<Heard> {
    let rest = || tokens[1..].iter().cloned().collect::<TokenStream>();
    match tokens {
        [] => {
            cx.error(word, "an `on` needs what it is for").help("write `on \"cancel\" => …`");
            None
        }
        [TokenTree::Ident(word), TokenTree::Literal(_) | TokenTree::Ident(_) | TokenTree::Group(_), ..]
            if word == "silence" =>
        {
            duration(cx, word, rest()).map(Heard::Silence)
        }
        [TokenTree::Ident(word), TokenTree::Literal(_) | TokenTree::Ident(_) | TokenTree::Group(_), ..]
            if word == "after" =>
        {
            duration(cx, word, rest()).map(Heard::After)
        }
        [TokenTree::Ident(only)] if only == "silence" || only == "after" => {
            let example = if only == "silence" { "5min" } else { "30d" };
            cx.error(only.span(), format_args!("`on {only}` needs a time"))
                .help(format_args!("write `on {only} {example} => …`"));
            None
        }
        [TokenTree::Literal(_) | TokenTree::Group(_), ..] if tokens.iter().all(is_word) => words(cx, word, tokens),
        _ => {
            let pattern: TokenStream = tokens.iter().cloned().collect();
            let arm = syn::parse2::<syn::Arm>(quote_spanned!(word=> #pattern => {}));
            arm.map(|arm| Heard::Event(arm.pat)).map_err(|error| amiss::report(cx, error, &pattern)).ok()
        }
    }
}

/// Whether a token is one of words: a string, or the bar between two.
fn is_word(token: &TokenTree) -> bool {
    let is_bar = matches!(token, TokenTree::Punct(p) if p.as_char() == '|');
    is_bar || syn::parse2::<syn::LitStr>(token.clone().into()).is_ok()
}

/// `"cancel" | "stop"`
fn words(cx: &mut Diagnostics, word: Span, tokens: &[TokenTree]) -> Option<Heard> {
    let mut words: Vec<(String, Span)> = Vec::new();
    for token in tokens {
        let Ok(text) = syn::parse2::<syn::LitStr>(token.clone().into()) else { continue };
        let text = text.value().trim().to_lowercase();
        if words.iter().any(|(known, _)| *known == text) {
            cx.error(token.span(), format_args!("this `on` listens for \"{text}\" already"))
                .help("take one of the two out: upper and lower case make no difference");
        }
        words.push((text, token.span()));
    }
    if words.is_empty() {
        cx.error(word, "an `on` needs what it is for").help("write `on \"cancel\" => …`");
        return None;
    }
    Some(Heard::Words(words))
}

fn is_brace(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}
