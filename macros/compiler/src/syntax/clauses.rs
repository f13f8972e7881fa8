//! A question's clauses: `ask "…" where … else … within … else …`.

use std::collections::VecDeque;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::{Expr, Type, UnOp};

use super::action::action;
use super::amiss;
use super::ast::{Ask, Older, On, Tries, Where, Within};
use super::cut;
use super::message::message;
use super::on::on;
use super::time::duration;
use super::words::Clause;
use crate::diagnostics::Diagnostics;

/// Reads `"…" clause*`, the tokens after `ask`.
pub(crate) fn ask(
    cx: &mut Diagnostics,
    word: Span,
    answer: (Ident, bool, Option<Type>),
    tokens: TokenStream,
) -> Option<Ask> {
    let mut parts = split(tokens);
    let prompt = message(cx, word, parts.prompt);
    let mut ask = Ask::new(answer);
    while let Some(part) = parts.clauses.pop_front() {
        clause(cx, &mut ask, part, &mut parts.clauses);
    }
    ask.prompt = Some(prompt?);
    Some(ask)
}

/// Reads the clauses of a `hear`.
pub(crate) fn hear(cx: &mut Diagnostics, answer: (Ident, bool, Option<Type>), tokens: TokenStream) -> Ask {
    let mut parts = split(tokens);
    let mut ask = Ask::new(answer);
    if let Some(token) = parts.prompt.into_iter().next() {
        cx.error(token.span(), "`hear` says nothing: it waits for an event").help("say it before: `say \"…\";`");
    }
    while let Some(part) = parts.clauses.pop_front() {
        match part.clause {
            Clause::Within | Clause::On | Clause::Else => clause(cx, &mut ask, part, &mut parts.clauses),
            _ => {
                let word = &part.word;
                cx.error(word.span(), format_args!("a `hear` has no `{word}`: that is about a reply"))
                    .help("it has `within`, `on`, and an `else` for what the client says meanwhile");
                take_else(&mut parts.clauses);
            }
        }
    }
    ask
}

impl Ask {
    fn new((name, mutable, ty): (Ident, bool, Option<Type>)) -> Ask {
        Ask {
            older: Older::default(),
            name,
            mutable,
            ty,
            prompt: None,
            unless: None,
            among: None,
            verbatim: false,
            ons: Vec::new(),
            tries: None,
            wheres: Vec::new(),
            within: None,
            refused: None,
        }
    }
}

/// One clause's word and the tokens after it.
struct Part {
    clause: Clause,
    word: Ident,
    tokens: TokenStream,
}

struct Parts {
    prompt: TokenStream,
    clauses: VecDeque<Part>,
}

/// Cuts before each word of a clause.
fn split(tokens: TokenStream) -> Parts {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let starts = cut::clauses(&tokens);
    let ends = starts.iter().skip(1).copied().chain([tokens.len()]);
    let clauses = starts.iter().zip(ends).filter_map(|(start, end)| {
        let TokenTree::Ident(word) = &tokens[*start] else { return None };
        let tokens = tokens[start + 1..end].iter().cloned().collect();
        Some(Part { clause: Clause::of(word)?, word: word.clone(), tokens })
    });
    let prompt = tokens[..starts.first().copied().unwrap_or(tokens.len())].iter().cloned().collect();
    Parts { prompt, clauses: clauses.collect() }
}

fn clause(cx: &mut Diagnostics, ask: &mut Ask, part: Part, rest: &mut VecDeque<Part>) {
    let span = part.word.span();
    match part.clause {
        Clause::Where => {
            let missing = "a `where` needs a condition";
            let condition = expression(cx, span, part.tokens, missing, "write `where !name.is_empty() else \"…\"`");
            let Some(other) = take_else(rest) else {
                cx.error(span, "a `where` needs an `else`: what to say to a reply that it refuses")
                    .help("write `where CONDITION else \"…\"`");
                return;
            };
            if let (Some(condition), Some(action)) = (condition, action(cx, other.word.span(), other.tokens)) {
                ask.wheres.push(Where { condition, action });
            }
        }
        Clause::Within => {
            let duration = duration(cx, &part.word, part.tokens);
            let action = take_else(rest).map(|other| action(cx, other.word.span(), other.tokens));
            if ask.within.is_some() {
                twice(cx, ask, &part.word);
            } else if let Some(duration) = duration
                && let None | Some(Some(_)) = action
            {
                ask.within = Some(Within { duration, action: action.flatten() });
            }
        }
        Clause::Else => {
            let action = action(cx, span, part.tokens);
            if ask.refused.is_some() {
                twice(cx, ask, &part.word);
            } else {
                ask.refused = action;
            }
        }
        Clause::Unless => value(cx, ask, &part.word, part.tokens, |ask| &mut ask.unless),
        Clause::Among => value(cx, ask, &part.word, part.tokens, |ask| &mut ask.among),
        Clause::Verbatim => {
            if let Some(token) = part.tokens.into_iter().next() {
                cx.error(token.span(), "nothing stands behind `verbatim`: it says all").help("leave this out");
            }
            if std::mem::replace(&mut ask.verbatim, true) {
                twice(cx, ask, &part.word);
            }
        }
        Clause::On => {
            let on = on(cx, span, part.tokens);
            for (word, span) in on.iter().flat_map(On::words) {
                if ask.ons.iter().flat_map(On::words).any(|(known, _)| known == word) {
                    cx.error(*span, format_args!("the question `{}` listens for \"{word}\" already", ask.name))
                        .help("take the word out of one of its `on`s: upper and lower case make no difference");
                }
            }
            ask.ons.extend(on);
        }
        Clause::Tries => {
            let count = expression(cx, span, part.tokens, "a `tries` needs a number", "write `tries 3 else …`");
            let Some(other) = take_else(rest) else {
                cx.error(span, "a `tries` needs an `else`: what happens when they are used up")
                    .help("write `tries 3 else { return … }`");
                return;
            };
            let action = action(cx, other.word.span(), other.tokens);
            if ask.tries.is_some() {
                twice(cx, ask, &part.word);
            } else if let (Some(count), Some(action)) = (count, action) {
                check_count(cx, &count);
                ask.tries = Some(Tries { count, action });
            }
        }
    }
}

/// Reports a clause that the question has already.
fn twice(cx: &mut Diagnostics, ask: &Ask, word: &Ident) {
    let text = word.to_string();
    let article = if text.starts_with(['a', 'e', 'u']) { "an" } else { "a" };
    let error = cx.error(word.span(), format_args!("the question `{}` has {article} `{word}` already", ask.name));
    match text.as_str() {
        "else" => error.help("write `else [\"…\", \"…\"]` to say something else the second time"),
        "within" => error.help("keep one of them: `within 1min else [\"…\", \"…\"]` does more than one thing"),
        _ => error.help("keep one of them"),
    };
}

/// The `else` that belongs to the clause before it.
fn take_else(rest: &mut VecDeque<Part>) -> Option<Part> {
    rest.pop_front_if(|part| part.clause == Clause::Else)
}

/// A clause that is an expression, once.
fn value(
    cx: &mut Diagnostics,
    ask: &mut Ask,
    word: &Ident,
    tokens: TokenStream,
    slot: fn(&mut Ask) -> &mut Option<Expr>,
) {
    let missing = format!("`{word}` needs an expression");
    let example = if word == "among" { "among [\"tea\", \"coffee\"]" } else { "unless Some(\"tea\")" };
    let value = expression(cx, word.span(), tokens, &missing, &format!("write one, as in `{example}`"));
    if slot(ask).is_some() {
        twice(cx, ask, word);
    } else {
        *slot(ask) = value;
    }
}

fn expression(cx: &mut Diagnostics, word: Span, tokens: TokenStream, missing: &str, help: &str) -> Option<Expr> {
    if tokens.is_empty() {
        cx.error(word, missing).help(help);
        return None;
    }
    syn::parse2(tokens.clone()).map_err(|error| amiss::report(cx, error, &tokens)).ok()
}

/// Reports a number of tries that is none, where that can be seen.
fn check_count(cx: &mut Diagnostics, count: &Expr) {
    let help = "write how many replies may be refused: `tries 3`";
    match count {
        Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Int(number) if number.base10_digits() == "0" => {
                cx.error_under(count, "`tries 0` leaves no try").help(help);
            }
            syn::Lit::Int(_) => {}
            _ => {
                cx.error_under(count, "this is no number of tries").help(help);
            }
        },
        Expr::Unary(negative) if matches!(negative.op, UnOp::Neg(_)) => {
            cx.error_under(count, "this is no number of tries").help(help);
        }
        _ => {}
    }
}
