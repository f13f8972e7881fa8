//! Tokens to tokens: makes a body of the language something that syn parses as Rust.
//!
//! Wherever one of the language's words begins a statement, an action or a value, it is wrapped with what belongs to
//! it into a call of a marker macro: `say "Hi", name;` becomes `__converse_say! { "Hi", name };`. What is left is
//! Rust, and the markers keep the user's tokens and their spans.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

use super::cut::is_negated;
use super::words::{Word, is_keyword};
use crate::diagnostics::Diagnostics;

pub(crate) const SAY: &str = "__converse_say";
pub(crate) const ASK: &str = "__converse_ask";
/// A verb, with its word.
pub(crate) const VERB: &str = "__converse_verb";
pub(crate) const ON: &str = "__converse_on";
pub(crate) const RUN: &str = "__converse_run";
/// The pattern and the type of `for x: T in …`.
pub(crate) const TYPED: &str = "__converse_typed";
pub(crate) const ONCE: &str = "__converse_once";
pub(crate) const HEAR: &str = "__converse_hear";
pub(crate) const REVISE: &str = "__converse_revise";

/// Wraps the words in `tokens`, which stand in braces, and in everything nested in them.
pub(crate) fn shape(cx: &mut Diagnostics, tokens: TokenStream) -> TokenStream {
    let mut variables = Vec::new();
    Shaper { cx, variables: &mut variables }.stream(tokens)
}

struct Shaper<'a> {
    cx: &'a mut Diagnostics,
    /// Names that a `let` has bound up to here, of those that might be words: standing alone, they are variables.
    variables: &'a mut Vec<String>,
}

impl Shaper<'_> {
    fn stream(&mut self, tokens: TokenStream) -> TokenStream {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let known = self.variables.len();
        let mut out = Vec::with_capacity(tokens.len());
        let mut at = 0;
        // Where a statement begins though the source does not show it.
        let mut mended = None;
        while at < tokens.len() {
            match self.word(&tokens, at, mended == Some(at)) {
                Some((word, ident)) => {
                    let end = self.wrap(word, ident, &tokens, at, &mut out);
                    mended = end.missing_semicolon.then_some(end.at);
                    at = end.at;
                }
                None => {
                    self.remember_variable(&tokens, at);
                    out.push(match &tokens[at] {
                        TokenTree::Group(group) if !is_macro_call(&tokens, at) => TokenTree::Group(self.group(group)),
                        other => other.clone(),
                    });
                    at += 1;
                    if matches!(&tokens[at - 1], TokenTree::Ident(word) if word == "for")
                        && let Some(length) = typed_pattern(&tokens, at)
                    {
                        let span = tokens[at].span();
                        out.push(TokenTree::Ident(Ident::new(TYPED, span)));
                        out.push(punct('!', span));
                        out.push(TokenTree::Group(Group::new(
                            Delimiter::Brace,
                            tokens[at..at + length].iter().cloned().collect(),
                        )));
                        at += length;
                    }
                }
            }
        }
        self.variables.truncate(known);
        out.into_iter().collect()
    }

    /// The group with the words in it wrapped. One without words stays as it is, with the spans of its two brackets.
    fn group(&mut self, group: &Group) -> Group {
        let shaped = self.stream(group.stream());
        if shaped.to_string() == group.stream().to_string() {
            return group.clone();
        }
        let mut changed = Group::new(group.delimiter(), shaped);
        changed.set_span(group.span());
        changed
    }

    /// The word that begins at `at`, if one does. A statement may begin there anyhow, or `fresh` says that one does.
    fn word<'t>(&self, tokens: &'t [TokenTree], at: usize, fresh: bool) -> Option<(Word, &'t Ident)> {
        let TokenTree::Ident(ident) = &tokens[at] else { return None };
        let word = Word::of(ident)?;
        // Other words are followed by what never follows a name in Rust.
        let before = at.checked_sub(1).map(|at| &tokens[at]);
        let after = tokens.get(at + 1);
        if Word::is_like_a_variable(ident)
            && self.variables.iter().any(|variable| ident == variable)
            && !matches!(after, Some(TokenTree::Literal(_) | TokenTree::Ident(_)))
        {
            return None;
        }
        let begins = fresh || begins_statement(tokens, at);
        let value = matches!(before, Some(TokenTree::Punct(p)) if p.as_char() == '=');
        let followed = match after {
            Some(TokenTree::Literal(_)) => true,
            Some(TokenTree::Ident(next)) => next != "as" && next != "in" && next != "else",
            _ => is_negated(tokens, at + 1),
        };
        let found = match word {
            // One that has nothing behind it yet is no variable's name either.
            Word::Once | Word::Revise if ends_statement(after) => begins || word == Word::Once && value,
            Word::Once if matches!(after, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace) => {
                begins || value
            }
            // Two tokens that never stand side by side in Rust, so a question is seen wherever it stands.
            Word::Ask | Word::Run | Word::Once => followed && !is_path_or_field(before),
            Word::Say => followed && begins,
            Word::Verb if Word::stands_alone(ident) => begins && ends_statement(after),
            Word::On => (followed || is_tuple_pattern(tokens, at + 1)) && begins,
            Word::Verb | Word::Revise => followed && begins,
            Word::Hear => {
                let otherwise = matches!(after, Some(TokenTree::Ident(next)) if next == "else");
                value && (followed || otherwise || ends_statement(after))
            }
        };
        found.then_some((word, ident))
    }

    /// Wraps the word at `at` with what belongs to it.
    fn wrap(&mut self, word: Word, ident: &Ident, tokens: &[TokenTree], at: usize, out: &mut Vec<TokenTree>) -> End {
        let in_arm = at.checked_sub(1).is_some_and(|before| is_arrow(tokens, before));
        let end = match word {
            Word::On => end_of_handler(tokens, at + 1),
            _ if ident == "close" && in_arm => self.end(tokens, behind_reason(tokens, at + 1), in_arm),
            // Where no question may stand, so that what is around it still parses.
            Word::Ask if is_condition(tokens, at) => End { at: end_of_condition(tokens, at), missing_semicolon: false },
            _ => self.end(tokens, at + 1, in_arm),
        };
        // A verb is told by its word.
        let content = &tokens[if word == Word::Verb { at } else { at + 1 }..end.at];
        let marker = match word {
            Word::Say => SAY,
            Word::Ask => ASK,
            Word::Verb => VERB,
            Word::On => ON,
            Word::Run => RUN,
            Word::Once => ONCE,
            Word::Hear => HEAR,
            Word::Revise => REVISE,
        };
        out.push(TokenTree::Ident(Ident::new(marker, ident.span())));
        out.push(punct('!', ident.span()));
        let mut group = Group::new(Delimiter::Brace, content.iter().cloned().collect());
        group.set_span(content.first().map_or(ident.span(), TokenTree::span));
        out.push(TokenTree::Group(group));
        let ends = matches!(tokens.get(end.at), Some(TokenTree::Punct(p)) if p.as_char() == ';');
        if word == Word::On && !ends && !end.missing_semicolon {
            out.push(punct(';', ident.span())); // After a block none is written.
        }
        if end.missing_semicolon {
            let last = tokens[end.at - 1].span();
            self.cx.error(last, format_args!("`{ident} …` ends with a `;`")).help("put a `;` after this");
            out.push(punct(';', last));
        }
        end
    }

    /// Where a statement ends that began before `at`: at its `;`, in a match arm at the `,`, or where something follows
    /// that can only be another statement.
    fn end(&self, tokens: &[TokenTree], mut at: usize, in_arm: bool) -> End {
        let start = at;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Punct(p) if p.as_char() == ';' => break,
                TokenTree::Punct(p) if p.as_char() == ',' && in_arm => break,
                TokenTree::Ident(ident) if at > start && !in_arm && ends_expression(&tokens[at - 1]) => {
                    let word = self.word(tokens, at, true).map(|(word, _)| word);
                    if ident == "let" || matches!(word, Some(Word::Say | Word::Ask | Word::Verb)) {
                        return End { at, missing_semicolon: true };
                    }
                }
                _ => {}
            }
            at += 1;
        }
        End { at, missing_semicolon: false }
    }

    fn remember_variable(&mut self, tokens: &[TokenTree], at: usize) {
        let ident = |at: usize| match tokens.get(at) {
            Some(TokenTree::Ident(ident)) => Some(ident),
            _ => None,
        };
        if ident(at).is_some_and(|ident| ident == "let") {
            let name = match ident(at + 1) {
                Some(mutable) if mutable == "mut" => ident(at + 2),
                name => name,
            };
            self.variables.extend(name.filter(|name| Word::is_like_a_variable(name)).map(Ident::to_string));
        }
    }
}

pub(crate) struct End {
    pub(crate) at: usize,
    missing_semicolon: bool,
}

/// Whether what begins at `at` is followed by the block that belongs to it.
fn is_condition(tokens: &[TokenTree], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    let heads = ["if", "while", "match", "in"];
    matches!(before, Some(TokenTree::Ident(word)) if heads.iter().any(|head| word == head))
}

fn end_of_condition(tokens: &[TokenTree], at: usize) -> usize {
    let is_block =
        |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    tokens[at..].iter().position(is_block).map_or(tokens.len(), |length| at + length)
}

fn punct(character: char, span: Span) -> TokenTree {
    let mut punct = Punct::new(character, Spacing::Alone);
    punct.set_span(span);
    TokenTree::Punct(punct)
}

/// Where `on … => action` ends: at its `;`, or behind the block that is its action.
pub(crate) fn end_of_handler(tokens: &[TokenTree], start: usize) -> End {
    let mut after_arrow = false;
    for at in start..tokens.len() {
        match &tokens[at] {
            TokenTree::Punct(p) if p.as_char() == ';' => return End { at, missing_semicolon: false },
            TokenTree::Group(group) if after_arrow && group.delimiter() == Delimiter::Brace => {
                return End { at: at + 1, missing_semicolon: false };
            }
            // Behind a list a `;` has to stand: what follows is a statement of its own.
            TokenTree::Group(group) if after_arrow && group.delimiter() == Delimiter::Bracket => {
                return End { at: at + 1, missing_semicolon: !ends_statement(tokens.get(at + 1)) };
            }
            _ => after_arrow = is_arrow(tokens, at),
        }
    }
    End { at: tokens.len(), missing_semicolon: false }
}

/// Where the reason of a `close` in a match arm begins, whose comma does not end the arm; its code where it has none.
pub(crate) fn behind_reason(tokens: &[TokenTree], start: usize) -> usize {
    let punct = |at: usize, c: char| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == c);
    let Some(comma) = (start..tokens.len()).find(|at| punct(*at, ',') || punct(*at, ';')) else { return start };
    let reason = matches!(tokens.get(comma + 1), Some(TokenTree::Literal(_)));
    // A literal may also be the pattern of the next arm.
    let pattern = is_arrow(tokens, comma + 3) || punct(comma + 2, '|') || punct(comma + 2, '.');
    let guarded = matches!(tokens.get(comma + 2), Some(TokenTree::Ident(word)) if word == "if");
    if punct(comma, ',') && reason && !pattern && !guarded { comma + 1 } else { start }
}

/// `x: T` between `for` and `in`, as the number of its tokens.
fn typed_pattern(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let is_ident = |token: &TokenTree, text: &str| matches!(token, TokenTree::Ident(ident) if ident == text);
    let end = tokens[at..].iter().position(|token| is_ident(token, "in"))?;
    let punct = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == ':');
    let typed = (0..end).any(|colon| {
        let colon = at + colon;
        punct(tokens.get(colon)) && !punct(tokens.get(colon + 1)) && (colon == 0 || !punct(tokens.get(colon - 1)))
    });
    typed.then_some(end)
}

/// Whether a statement or the value of a match arm can begin at `at`.
pub(crate) fn begins_statement(tokens: &[TokenTree], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    match &tokens[before] {
        TokenTree::Punct(p) => p.as_char() == ';' || is_arrow(tokens, before),
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    }
}

pub(crate) fn ends_statement(after: Option<&TokenTree>) -> bool {
    match after {
        None => true,
        Some(TokenTree::Punct(p)) => matches!(p.as_char(), ';' | ','),
        Some(_) => false,
    }
}

/// Whether an expression can end with this token, so that an identifier after it begins something new.
pub(crate) fn ends_expression(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(ident) => !is_keyword(ident),
        TokenTree::Literal(_) | TokenTree::Group(_) => true,
        TokenTree::Punct(p) => p.as_char() == '?',
    }
}

fn is_path_or_field(before: Option<&TokenTree>) -> bool {
    matches!(before, Some(TokenTree::Punct(p)) if matches!(p.as_char(), '.' | ':'))
}

/// Whether the pattern of an event begins with a bracket at `at`: a call has neither an arrow nor an `if` behind it.
pub(crate) fn is_tuple_pattern(tokens: &[TokenTree], at: usize) -> bool {
    let bracket = matches!(tokens.get(at), Some(TokenTree::Group(group)) if group.delimiter() != Delimiter::Brace);
    let guard = matches!(tokens.get(at + 1), Some(TokenTree::Ident(word)) if word == "if");
    bracket && (guard || is_arrow(tokens, at + 2))
}

pub(crate) fn is_arrow(tokens: &[TokenTree], at: usize) -> bool {
    let is = |at: usize, character| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == character);
    at > 0 && is(at, '>') && is(at - 1, '=')
}

/// Whether the group at `at` is the input of a macro, whose tokens are nobody's business but the macro's.
pub(crate) fn is_macro_call(tokens: &[TokenTree], at: usize) -> bool {
    let bang = |at: usize| matches!(&tokens[at], TokenTree::Punct(p) if p.as_char() == '!');
    at >= 2 && bang(at - 1) && matches!(&tokens[at - 2], TokenTree::Ident(ident) if !is_keyword(ident))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, shaped: &str) {
        let mut cx = Diagnostics::default();
        let out = shape(&mut cx, source.parse().expect("tokens"));
        assert!(cx.is_empty(), "{cx:?}");
        let expected: TokenStream = shaped.parse().expect("tokens");
        assert_eq!(out.to_string(), expected.to_string());
    }

    #[test]
    fn words_are_wrapped_with_what_belongs_to_them() {
        check(r#"say "Hi {}", name;"#, r#"__converse_say! { "Hi {}", name };"#);
        check(
            r#"let a: u8 = ask "A?" where a > 1 else "No";"#,
            r#"let a: u8 = __converse_ask! { "A?" where a > 1 else "No" };"#,
        );
        check("if bad { say Json(x); retry }", "if bad { __converse_say! { Json(x) }; __converse_verb! { retry } }");
        check(
            r#"match x { A => say "a", B => retry }"#,
            r#"match x { A => __converse_say! { "a" }, B => __converse_verb! { retry } }"#,
        );
        check(
            "if a { goto name } else { close 4000 + n, why; }",
            "if a { __converse_verb! { goto name } } else { __converse_verb! { close 4000 + n, why }; }",
        );
        check(
            r#"match x { 1 => close 4001, "a", 2 => close n, "b" => close 3, }"#,
            r#"match x { 1 => __converse_verb! { close 4001, "a" }, 2 => __converse_verb! { close n }, "b" => __converse_verb! { close 3 }, }"#,
        );
        check(r#"on "a" | "b" => { x() } y();"#, r#"__converse_on! { "a" | "b" => { x() } }; y();"#);
        check("on (a, 1) => retry; on (x); ", "__converse_on! { (a, 1) => retry }; on (x);");
        check("match x { a => on (x), b if c => d }", "match x { a => on (x), b if c => d }");
        check("for x: Vec<a::B> in y {} for z in y {}", "for __converse_typed! { x: Vec<a::B> } in y {} for z in y {}");
        check(
            "answer !done; let a: bool = once !done;",
            "__converse_verb! { answer !done }; let a: bool = __converse_once! { !done };",
        );
        check("answer!(x); answer != x;", "answer!(x); answer != x;");
        check(r#"f(ask "x")"#, r#"f(__converse_ask! { "x" })"#);
    }

    #[test]
    fn words_stay_usable_as_names() {
        check("let retry = 3; if x { retry } else { 1 }", "let retry = 3; if x { retry } else { 1 }");
        check("say(x); ask.say(1); let say = ask + 1; retry();", "say(x); ask.say(1); let say = ask + 1; retry();");
        check(r#"println!("{}", say "x")"#, r#"println!("{}", say "x")"#);
        check(
            "Person { say, retry: 1, back }; f(a, retry); x > retry",
            "Person { say, retry: 1, back }; f(a, retry); x > retry",
        );
    }

    #[test]
    fn a_missing_semicolon_is_reported_and_mended() {
        let mut cx = Diagnostics::default();
        let source = r#"let a: u8 = ask "A?" else "No" let b: u8 = ask "B?"; say "x" say "y";"#;
        let out = shape(&mut cx, source.parse().expect("tokens")).to_string();
        assert_eq!(cx.into_compile_errors().to_string().matches("ends with a `;`").count(), 2);
        assert_eq!(out.matches("__converse_ask").count(), 2);
        assert_eq!(out.matches("__converse_say").count(), 2);
    }
}
