//! What was meant where the tokens are neither Rust nor the language: a misspelt word, a comma, a question out of place.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::Expr;

use super::shape::{SAY, begins_statement, ends_expression, ends_statement, is_arrow};
use super::words::{Word, is_keyword};
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
                let error =
                    cx.error(token.span(), format_args!("`{}` cannot follow what stands in front of it", shown(token)));
                match token {
                    TokenTree::Punct(_) => error.help("leave it out, or complete what it belongs to"),
                    _ => error
                        .help("put a `,` between the two where they are two of a list, a `;` where a statement ends"),
                };
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
        // As a statement it would have been found by now.
        if WORDS.iter().any(|known| word == known) {
            cx.error(word.span(), format_args!("`{word}` is a statement, and this is an expression"))
                .help(format_args!("`{word}` in front of the question or behind it, or in the block of an `else`"));
            return true;
        }
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

/// Reports a name that is nearly a verb, or a word without what belongs to it, in the place of a verb.
pub(crate) fn misspelt_verb(cx: &mut Diagnostics, value: &Expr) -> bool {
    let Expr::Path(path) = value else { return false };
    path.path.get_ident().is_some_and(|word| {
        if WORDS.iter().any(|known| word == known) {
            cx.error(word.span(), format_args!("nothing stands behind `{word}`")).help(
                match word.to_string().as_str() {
                    "goto" | "revise" => format!("write the name of a question: `{word} name`"),
                    "close" => "write a code, and a reason if you like: `close 4001, \"reason\"`".to_owned(),
                    "answer" => "write the answer: `answer Some(3)`".to_owned(),
                    _ => format!("write what it is about: `{word} …`"),
                },
            );
            return true;
        }
        misspelt(cx, word, ALONE)
    })
}

/// Reports what stands behind a message's string literal and is no argument of it.
pub(crate) fn behind_message(cx: &mut Diagnostics, tokens: &TokenStream) -> bool {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let Some(next) = all.get(1).cloned() else { return false };
    match &next {
        TokenTree::Punct(punct) if punct.as_char() == ',' => return comma_before_clause(cx, &all),
        TokenTree::Ident(word) if misspelt(cx, word, CLAUSES) || misspelt(cx, word, WORDS) => return true,
        _ => {}
    }
    let text = shown(&next);
    let error = cx.error(next.span(), format_args!("`{text}` cannot follow the text of a message"));
    match next {
        TokenTree::Punct(_) => error.help("write `\"{}\"`, and the expression as its argument behind a `,`"),
        TokenTree::Ident(_) => error.help(
            "put a `,` in front of an argument, a `;` in front of another statement; the clauses of a question begin \
             with `unless`, `among`, `verbatim`, `where`, `within`, `tries`, `on` and `else`",
        ),
        _ => error.help("put a `,` in front of an argument, a `;` in front of another statement"),
    };
    true
}

/// Reports a comma between a question and its clause, which is none of an argument.
fn comma_before_clause(cx: &mut Diagnostics, tokens: &[TokenTree]) -> bool {
    let found = tokens.windows(3).find(|three| match three {
        [TokenTree::Punct(comma), TokenTree::Ident(word), next] => {
            let followed = matches!(next, TokenTree::Ident(_) | TokenTree::Literal(_));
            comma.as_char() == ',' && CLAUSES.iter().any(|clause| word == clause) && (followed || is_keyword(word))
        }
        _ => false,
    });
    found.is_some_and(|three| {
        cx.error(
            three[0].span(),
            format_args!("no `,` stands in front of a clause, as in front of this `{}`", three[1]),
        )
        .help("leave it out");
        true
    })
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

/// Reports what stands in the place of an action and is nearly one.
pub(crate) fn no_action(cx: &mut Diagnostics, tokens: &[TokenTree]) -> bool {
    let is = |at: usize, c: char| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == c);
    let Some(first) = tokens.first() else { return false };
    let is_brace =
        |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    match first {
        TokenTree::Ident(branch) if (branch == "if" || branch == "match") && holds_verb(tokens) => {
            let why = format_args!("this `{branch}` chooses between verbs, so it stands in a block");
            cx.error(branch.span(), why).help(format_args!("put braces around it: `{{ {branch} … }}`"))
        }
        TokenTree::Ident(say) if say == "say" && matches!(tokens.get(1), Some(TokenTree::Literal(_))) => cx
            .error(say.span(), "a message that is all that happens stands without `say`")
            .help("leave `say` out to have the question asked again, or write a block: `{ say \"…\"; wait }`"),
        TokenTree::Punct(bar) if bar.as_char() == '|' && is(2, '|') && !tokens[3..].iter().any(is_brace) => cx
            .error(bar.span(), "a problem is bound by a block, not by a message")
            .help("write `|problem| { say \"… {problem} …\"; retry }`"),
        TokenTree::Punct(sign) if is(0, ':') || is(0, '=') && is(1, '>') => cx
            .error(sign.span(), "nothing stands between an `else` and what happens then")
            .help("leave this out: `else \"…\"`, or `else { … }`"),
        _ => return false,
    };
    true
}

/// Whether a verb, or a jump of Rust's, stands in a block of these tokens.
fn holds_verb(tokens: &[TokenTree]) -> bool {
    tokens.iter().any(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let is_verb = |at: usize| match &inner[at] {
                TokenTree::Ident(word) if begins_statement(&inner, at) => match Word::of(word) {
                    Some(Word::Verb) if Word::stands_alone(word) => ends_statement(inner.get(at + 1)),
                    Some(Word::Verb) => matches!(inner.get(at + 1), Some(TokenTree::Ident(_) | TokenTree::Literal(_))),
                    _ => word == "return" || word == "break" || word == "continue",
                },
                _ => false,
            };
            (0..inner.len()).any(is_verb) || holds_verb(&inner)
        }
        _ => false,
    })
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
