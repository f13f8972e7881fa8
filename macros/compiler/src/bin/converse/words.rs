//! Where the language's words stand, and how far each reaches.
//!
//! The formatter understands as little of the words as it can: what it does not recognise goes to rustfmt, which refuses
//! what is not Rust.

use proc_macro2::TokenTree;

use super::source::{is_arrow, is_brace, is_ident, is_punct};

/// What was found at a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Its word comes first, and an expression or a message after it.
    Speak,
    /// The `let` comes first, the word at `word`.
    Question {
        word: usize,
    },
    On,
    /// `x: T`, behind a `for`.
    Typed,
}

/// The words that a statement begins with, other than `on`.
const SPEAK: &[&str] = &["say", "run", "once", "answer", "goto", "revise", "close", "restart", "migrate"];
/// The words that give a `let` its value.
const ASK: &[&str] = &["ask", "run", "once", "hear"];
/// Rust's keywords that no expression ends with.
const KEYWORDS: &[&str] = &[
    "as", "break", "const", "continue", "else", "enum", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod",
    "move", "mut", "pub", "ref", "return", "static", "struct", "trait", "type", "unsafe", "use", "where", "while",
    "async", "dyn",
];

/// What begins at `at`, among tokens that stand in braces, and where it ends, without its `;`.
pub(crate) fn find(tokens: &[TokenTree], at: usize) -> Option<(Found, usize)> {
    let TokenTree::Ident(ident) = &tokens[at] else { return None };
    let word = ident.to_string();
    if at > 0 && is_ident(tokens.get(at - 1), "for") {
        return typed_pattern(tokens, at).map(|end| (Found::Typed, end));
    }
    if !begins_statement(tokens, at) {
        return None;
    }
    if word == "let" {
        let end = end(tokens, at);
        let typed = (at + 2..at + 4).any(|at| is_punct(tokens.get(at), ':'));
        let asks = |at: &usize| {
            let told = followed(tokens, at + 1) || does_block(tokens, *at);
            // Of a pattern without a type, a `let … else` from a variable called so.
            let else_ = typed && is_ident(tokens.get(*at), "hear") && is_ident(tokens.get(at + 1), "else");
            is_punct(tokens.get(at - 1), '=') && one_of(&tokens[*at], ASK) && (told || else_)
        };
        let word = (at + 2..end).find(asks)?;
        return Some((Found::Question { word }, end));
    }
    let pattern = word == "on" && is_tuple_pattern(tokens, at + 1);
    if !followed(tokens, at + 1) && !does_block(tokens, at) && !pattern {
        return None;
    }
    match word.as_str() {
        "on" => Some((Found::On, end_of_handler(tokens, at + 1))),
        word if SPEAK.contains(&word) => {
            let in_arm = in_arm(tokens, at);
            let start = if word == "close" && in_arm { behind_reason(tokens, at + 1) } else { at + 1 };
            let comma = |at: &usize| in_arm && is_punct(tokens.get(*at), ',');
            let end = end(tokens, start);
            Some((Found::Speak, (start..end).find(comma).unwrap_or(end)))
        }
        _ => None,
    }
}

/// Whether the value of a match arm begins at `at`.
pub(crate) fn in_arm(tokens: &[TokenTree], at: usize) -> bool {
    at > 0 && is_arrow(tokens, at - 1)
}

/// Whether an `on` up to its `=>` is for a time, or for questions that are gone, rather than for a pattern.
pub(crate) fn has_second_word(on: &[TokenTree]) -> bool {
    let [word, kind, what, ..] = on else { return false };
    let timed = one_of(kind, &["silence", "after"]) && !matches!(what, TokenTree::Punct(_));
    is_ident(Some(word), "on") && (timed || one_of(kind, &["outdated"]) && matches!(what, TokenTree::Literal(_)))
}

/// Whether the group at `at` is the input of a macro.
pub(crate) fn is_macro_input(tokens: &[TokenTree], at: usize) -> bool {
    if at >= 3 && is_ident(tokens.get(at - 3), "macro_rules") && is_punct(tokens.get(at - 2), '!') {
        return true;
    }
    at >= 2
        && is_punct(tokens.get(at - 1), '!')
        && matches!(&tokens[at - 2], TokenTree::Ident(_))
        && !one_of(&tokens[at - 2], KEYWORDS)
}

pub(crate) fn one_of(token: &TokenTree, words: &[&str]) -> bool {
    matches!(token, TokenTree::Ident(ident) if words.iter().any(|word| ident == word))
}

/// Whether at `at` there is what never follows a name in Rust.
fn followed(tokens: &[TokenTree], at: usize) -> bool {
    match tokens.get(at) {
        Some(TokenTree::Literal(_)) => true,
        Some(next @ TokenTree::Ident(_)) => !one_of(next, &["as", "in", "else"]),
        _ => converse_compiler::is_negated(tokens, at),
    }
}

/// Whether the pattern of an event begins with a bracket at `at`: a call has neither an arrow nor an `if` behind it.
fn is_tuple_pattern(tokens: &[TokenTree], at: usize) -> bool {
    let bracket = matches!(tokens.get(at), Some(TokenTree::Group(_))) && !is_brace(tokens.get(at));
    bracket && (is_ident(tokens.get(at + 1), "if") || is_arrow(tokens, at + 2))
}

/// Whether this is a `once { … }`.
fn does_block(tokens: &[TokenTree], at: usize) -> bool {
    is_ident(tokens.get(at), "once") && is_brace(tokens.get(at + 1))
}

fn begins_statement(tokens: &[TokenTree], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    let attribute =
        matches!(&tokens[before], TokenTree::Group(_)) && before > 0 && is_punct(tokens.get(before - 1), '#');
    is_punct(tokens.get(before), ';') || is_arrow(tokens, before) || is_brace(tokens.get(before)) || attribute
}

fn end(tokens: &[TokenTree], start: usize) -> usize {
    (start..tokens.len()).find(|at| is_punct(tokens.get(*at), ';')).unwrap_or(tokens.len())
}

/// At its `;`, or behind the block that is its action.
fn end_of_handler(tokens: &[TokenTree], start: usize) -> usize {
    let block = |at: usize| is_brace(tokens.get(at)) && is_arrow(tokens, at - 1);
    (start..tokens.len())
        .find_map(|at| match () {
            () if is_punct(tokens.get(at), ';') => Some(at),
            () if block(at) => Some(at + 1),
            () => None,
        })
        .unwrap_or(tokens.len())
}

/// Where the reason of a `close` in a match arm begins, whose comma does not end the arm; its code where it has none.
fn behind_reason(tokens: &[TokenTree], start: usize) -> usize {
    let Some(comma) = (start..end(tokens, start)).find(|at| is_punct(tokens.get(*at), ',')) else { return start };
    let reason = matches!(tokens.get(comma + 1), Some(TokenTree::Literal(_)));
    // A literal may also be the pattern of the next arm.
    let next = tokens.get(comma + 2);
    let pattern = is_arrow(tokens, comma + 3) || is_punct(next, '|') || is_punct(next, '.') || is_ident(next, "if");
    if reason && !pattern { comma + 1 } else { start }
}

/// Where `x: T` ends, between `for` and `in`.
fn typed_pattern(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let end = (at..tokens.len()).find(|at| is_ident(tokens.get(*at), "in"))?;
    let colon = |at: usize| is_punct(tokens.get(at), ':');
    (at + 1..end).any(|at| colon(at) && !colon(at + 1) && !colon(at - 1)).then_some(end)
}
