//! What was meant where the tokens are neither Rust nor the language: a misspelt word, a comma, a question out of place.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::Expr;

use super::shape::{SAY, begins_statement, ends_expression, is_arrow};
use super::words::is_keyword;
use crate::diagnostics::{Diagnostics, did_you_mean};

/// Words that stand in front of something.
const WORDS: &[&str] = &["ask", "say", "run", "once", "hear", "on", "goto", "answer", "close", "revise"];
/// Words that stand alone.
const ALONE: &[&str] = &["retry", "wait", "back"];
/// Words of a question's clauses.
const CLAUSES: &[&str] = &["unless", "among", "verbatim", "where", "within", "tries", "on", "else"];
/// Macros whose input is Rust: of any other, its tokens are its own business.
const OF_RUST: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "dbg",
    "eprint",
    "eprintln",
    "format",
    "format_args",
    "matches",
    "panic",
    "print",
    "println",
    "vec",
    "write",
    "writeln",
];

/// Reports why some tokens do not parse: in our words where it can be told what was meant, in syn's otherwise.
pub(crate) fn report(cx: &mut Diagnostics, error: syn::Error, tokens: &TokenStream) {
    for error in error {
        let found = find(tokens, error.span());
        if found.as_ref().is_some_and(|(tokens, at)| explain(cx, tokens, *at)) {
            continue;
        }
        match found.as_ref().and_then(|(tokens, at)| tokens.get(*at)) {
            Some(token) if error.to_string().starts_with("unexpected token") => {
                cx.error(token.span(), format_args!("`{}` cannot follow what stands in front of it", shown(token)))
                    .help("put a `,` between the two where they are two of a list, a `;` where a statement ends");
            }
            _ => cx.syntax(error),
        }
    }
}

/// The tokens among which something begins at `span`, or ends, and where.
fn find(tokens: &TokenStream, span: Span) -> Option<(Vec<TokenTree>, usize)> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let is_there = |other: Span| other.start() == span.start();
    if let Some(at) = tokens.iter().position(|token| is_there(token.span())) {
        return Some((tokens, at));
    }
    tokens.iter().find_map(|token| match token {
        TokenTree::Group(group) if is_there(group.span_close()) => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let end = inner.len();
            Some((inner, end))
        }
        TokenTree::Group(group) => find(&group.stream(), span),
        _ => None,
    })
}

/// Reports what is wrong with the token at `at`, if that is something of ours.
fn explain(cx: &mut Diagnostics, tokens: &[TokenTree], at: usize) -> bool {
    let ident = |at: usize| match tokens.get(at) {
        Some(TokenTree::Ident(ident)) => Some(ident),
        _ => None,
    };
    if let Some(before) = at.checked_sub(1)
        && let Some(word) = ident(before)
    {
        let value =
            matches!(before.checked_sub(1).map(|at| &tokens[at]), Some(TokenTree::Punct(p)) if p.as_char() == '=');
        if (value || begins_statement(tokens, before)) && misspelt(cx, word, WORDS) {
            return true;
        }
    }
    let after_value = at.checked_sub(1).is_some_and(|before| ends_expression(&tokens[before]));
    if after_value && ident(at).is_some_and(|word| misspelt(cx, word, CLAUSES)) {
        return true;
    }
    match message_in_arm(tokens, at) {
        Some(message) => {
            cx.error(message, "in a match arm, the first comma ends the message")
                .help("put braces around it: `{ say \"…\", …; }`, or name what it shows inside of it: `\"{name}\"`");
            true
        }
        None => false,
    }
}

/// The message of a match arm behind whose comma something stands that is no other arm.
fn message_in_arm(tokens: &[TokenTree], at: usize) -> Option<Span> {
    let comma = tokens[..at].iter().rposition(|token| matches!(token, TokenTree::Punct(p) if p.as_char() == ','))?;
    let [.., TokenTree::Ident(marker), TokenTree::Punct(_), TokenTree::Group(message)] = &tokens[..comma] else {
        return None;
    };
    let is_last = !(comma..at).any(|at| is_arrow(tokens, at));
    (marker == SAY && is_last).then(|| message.span())
}

/// Reports an identifier that is nearly one of `words`.
fn misspelt(cx: &mut Diagnostics, word: &Ident, words: &[&'static str]) -> bool {
    let text = word.to_string();
    let meant = did_you_mean(&text, words.iter().copied()).filter(|meant| *meant != text && !is_keyword(word));
    if let Some(meant) = meant {
        cx.error(word.span(), format_args!("`{word}` is no word of the language"))
            .help(format_args!("did you mean `{meant}`?"));
    }
    meant.is_some()
}

/// Reports a name that is nearly a verb, in the place of one.
pub(crate) fn misspelt_verb(cx: &mut Diagnostics, value: &Expr) -> bool {
    let Expr::Path(path) = value else { return false };
    path.path.get_ident().is_some_and(|word| misspelt(cx, word, ALONE))
}

/// Reports what stands behind a message's string literal and is no argument of it.
pub(crate) fn behind_message(cx: &mut Diagnostics, tokens: &TokenStream) -> bool {
    let Some(next) = tokens.clone().into_iter().nth(1) else { return false };
    match &next {
        TokenTree::Punct(punct) if punct.as_char() == ',' => return false,
        TokenTree::Ident(word) if misspelt(cx, word, CLAUSES) || misspelt(cx, word, WORDS) => return true,
        _ => {}
    }
    let text = shown(&next);
    let error = cx.error(next.span(), format_args!("`{text}` cannot follow the text of a message"));
    match next {
        TokenTree::Punct(_) => error.help("write `\"{}\"`, and the expression as its argument behind a `,`"),
        _ => error.help("put a `,` in front of an argument, a `;` in front of another statement"),
    };
    true
}

fn shown(token: &TokenTree) -> String {
    match token {
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::Brace => "{ … }".to_owned(),
            Delimiter::Bracket => "[…]".to_owned(),
            Delimiter::Parenthesis | Delimiter::None => "(…)".to_owned(),
        },
        other => other.to_string(),
    }
}

/// Where questions stand in the input of a macro that takes Rust.
pub(crate) fn questions_in_macro(call: &syn::Macro) -> Vec<Span> {
    match call.path.segments.last() {
        Some(last) if OF_RUST.iter().any(|name| last.ident == name) => questions_in(&call.tokens),
        _ => Vec::new(),
    }
}

/// Where an `ask "…"` stands among arguments.
pub(crate) fn questions_in(tokens: &TokenStream) -> Vec<Span> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if word == "ask" && matches!(tokens.get(at + 1), Some(TokenTree::Literal(_))) => {
                found.push(word.span());
            }
            TokenTree::Group(group) => found.extend(questions_in(&group.stream())),
            _ => {}
        }
    }
    found
}

/// Reports a question inside of something.
pub(crate) fn question_inside(cx: &mut Diagnostics, question: Span) {
    cx.error(question, "a question stands alone, not inside another expression")
        .help("write `let answer: Type = ask …;` as a statement of its own, and use `answer` here");
}
