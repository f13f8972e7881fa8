//! What an editor reads: the conversation as one function of plain Rust, ahead of everything else.
//!
//! An editor that completes expands the macro twice, with the source as it is and with a made-up name at the cursor, and
//! follows the cursor only where both expansions agree up to there. So this goes from token to token, and what it makes
//! of one hangs on those before it: `let x: T = ask "…" where a else "b";` becomes
//! `let x: T = ask(format_args!("…")); where_(a); if else_() { say(format_args!("b")); };`, in which `x` is known where
//! the clauses use it, and nothing that the user wrote stands twice. No parser is asked, for what is being typed is
//! not Rust yet.

mod head;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use self::head::head;
use crate::syntax::shape::{
    begins_statement, behind_reason, end_of_handler, ends_expression, is_arrow, is_macro_call, is_tuple_pattern,
};
use crate::syntax::words::{Clause, Word};
use crate::syntax::{clauses, is_negated};

/// `::converse::__private::editor! { async fn shadow(…) -> … { … } }`, of which a compiler sees nothing.
pub(crate) fn editor(input: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = input.into_iter().collect();
    let is_body = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    let end = tokens.iter().rposition(is_body).unwrap_or(tokens.len());
    let head = head(&tokens[..end]);
    let body = match tokens.get(end) {
        Some(TokenTree::Group(body)) => Shadow::default().stream(body.stream()),
        _ => TokenStream::new(),
    };
    quote_spanned! {Span::mixed_site()=>
        ::converse::__private::editor! { async fn #head { #body } }
    }
}

#[derive(Default)]
struct Shadow {
    /// Names that a `let` has bound, of those that might be words.
    variables: Vec<String>,
}

impl Shadow {
    /// Statements, or anything else that stands in brackets.
    fn stream(&mut self, tokens: TokenStream) -> TokenStream {
        self.tokens(&tokens.into_iter().collect::<Vec<_>>())
    }

    fn tokens(&mut self, tokens: &[TokenTree]) -> TokenStream {
        let known = self.variables.len();
        let mut out = TokenStream::new();
        let (mut at, mut fresh) = (0, 0);
        while at < tokens.len() {
            if let Some(word) = self.word(tokens, at, fresh == at) {
                at = self.statement(word, tokens, at, &mut out);
                fresh = at;
                continue;
            }
            if let Some(value) = older(tokens, at) {
                let value = value.map(|value| self.stream(value));
                out.extend(value.map(|value| quote_spanned!(Span::mixed_site()=> let _ = (#value);)));
                at += 2;
                continue;
            }
            match &tokens[at] {
                TokenTree::Group(group) if !is_macro_call(tokens, at) => self.group(group).to_tokens(&mut out),
                other => other.to_tokens(&mut out),
            }
            self.remember(tokens, at);
            at += 1;
            if is_word(tokens, at, "for") {
                at = self.pattern(tokens, at, &mut out);
            }
        }
        self.variables.truncate(known);
        out
    }

    /// One without words stays as it is, with the spans of its two brackets.
    fn group(&mut self, group: &Group) -> Group {
        let inside = self.stream(group.stream());
        if inside.to_string() == group.stream().to_string() {
            return group.clone();
        }
        let mut changed = Group::new(group.delimiter(), inside);
        changed.set_span(group.span());
        changed
    }

    /// The word that begins at `at`. One with nothing behind it yet is taken for one, too: it is being typed.
    fn word<'t>(&self, tokens: &'t [TokenTree], at: usize, fresh: bool) -> Option<&'t Ident> {
        let TokenTree::Ident(ident) = &tokens[at] else { return None };
        let word = Word::of(ident)?;
        let value =
            matches!(word, Word::Ask | Word::Run | Word::Once | Word::Hear) && at > 0 && is(tokens, at - 1, '=');
        let stands_there = (fresh || value || begins_statement(tokens, at)) && !is(tokens, at.wrapping_sub(1), '.');
        let variable = self.is_variable(&ident.to_string());
        let followed = match tokens.get(at + 1) {
            None => !variable,
            Some(TokenTree::Punct(_)) if is_negated(tokens, at + 1) => true,
            Some(TokenTree::Punct(p)) => matches!(p.as_char(), ';' | ',') && !variable,
            Some(TokenTree::Literal(_)) => true,
            Some(TokenTree::Ident(next)) if next == "else" => word == Word::Hear && !variable,
            Some(TokenTree::Ident(next)) => next != "as" && next != "in",
            Some(TokenTree::Group(_)) if word == Word::On => is_tuple_pattern(tokens, at + 1),
            Some(TokenTree::Group(group)) => word == Word::Once && group.delimiter() == Delimiter::Brace,
        };
        (stands_there && followed).then_some(ident)
    }

    /// Turns a word and what belongs to it into a call, and says where that ends.
    fn statement(&mut self, word: &Ident, tokens: &[TokenTree], at: usize, out: &mut TokenStream) -> usize {
        let (start, in_arm) = (at + 1, at > 0 && is_arrow(tokens, at - 1));
        let name = word.to_string();
        if name == "on" {
            let end = end_of_handler(tokens, start).at;
            out.extend(self.handler(word, &tokens[start..end]));
            return end;
        }
        let from = if name == "close" && in_arm { behind_reason(tokens, start) } else { start };
        let end = end(tokens, start, from, in_arm);
        let content = &tokens[start..end];
        match name.as_str() {
            "ask" | "hear" => self.question(word, content, out),
            "say" => {
                let message = self.message(content);
                out.extend(call(word, message));
            }
            "goto" | "revise" => out.extend(call(word, quote!(& #(#content)*))),
            "once" => {
                let talk = (!self.is_variable("talk")).then(|| {
                    let talk = Ident::new("talk", Span::call_site());
                    quote_spanned!(Span::mixed_site()=> let #talk = ::converse::__private::words::talk();)
                });
                let content = self.tokens(content);
                out.extend(call(word, quote!({ #talk #content })));
            }
            "close" => {
                let comma = (0..content.len()).find(|at| is(content, *at, ',')).unwrap_or(content.len());
                let code = self.tokens(&content[..comma]);
                let reason = content.get(comma + 1..).map(|reason| self.message(reason));
                let comma = content.get(comma);
                out.extend(call(word, quote!((#code #comma #reason))));
            }
            _ => {
                let content = self.tokens(content);
                out.extend(call(word, content));
            }
        }
        end
    }

    /// The question, and its clauses as statements behind it.
    fn question(&mut self, word: &Ident, content: &[TokenTree], out: &mut TokenStream) {
        let starts = clauses(content);
        let mut ends = starts.iter().copied().skip(1).chain([content.len()]);
        let prompt = self.message(&content[..starts.first().copied().unwrap_or(content.len())]);
        out.extend(call(word, prompt));
        for start in &starts {
            let end = ends.next().unwrap_or(content.len());
            let (TokenTree::Ident(clause), inside) = (&content[*start], &content[start + 1..end]) else { continue };
            out.extend(quote_spanned!(Span::mixed_site()=> ;));
            match Clause::of(clause) {
                Some(Clause::On) => out.extend(self.handler(clause, inside)),
                Some(Clause::Else) => {
                    let (clause, action) = (Ident::new("else_", clause.span()), self.action(inside));
                    out.extend(quote_spanned!(Span::mixed_site()=> if #clause() { #action }));
                }
                Some(Clause::Where) => {
                    let condition = self.tokens(inside);
                    out.extend(call(&Ident::new("where_", clause.span()), condition));
                }
                Some(Clause::Within) => {
                    let time = self.time(inside);
                    out.extend(call(clause, time));
                }
                _ => {
                    let inside = self.tokens(inside);
                    out.extend(call(clause, inside));
                }
            }
        }
    }

    /// `on "cancel" | "stop" => action`, for an event `on PATTERN => action`, or `on silence 5min => action`
    fn handler(&mut self, word: &Ident, content: &[TokenTree]) -> TokenStream {
        let arrow = (1..content.len()).find(|at| is_arrow(content, *at));
        let heard = &content[..arrow.map_or(content.len(), |arrow| arrow - 1)];
        let action = |shadow: &mut Self| arrow.map(|arrow| shadow.action(&content[arrow + 1..]));
        match heard {
            [TokenTree::Literal(text), ..] if text.to_string().ends_with('"') => {
                let heard = heard.iter().filter(|token| !matches!(token, TokenTree::Punct(p) if p.as_char() == '|'));
                let action = action(self);
                quote_spanned!(Span::mixed_site()=> if #word([#(#heard,)*]) { #action })
            }
            [TokenTree::Ident(kind), questions @ ..] if kind == "outdated" && !is_word(content, 2, "if") => {
                let questions =
                    questions.iter().filter(|token| !matches!(token, TokenTree::Punct(p) if p.as_char() == '|'));
                let kind = call(kind, quote!([#(#questions,)*] as [&str; _]));
                let remedy = arrow.map(|arrow| self.remedy(&content[arrow + 1..]));
                quote_spanned!(Span::mixed_site()=> if #word(#kind) { #remedy })
            }
            [TokenTree::Ident(kind), rest @ ..] if is_time(kind, rest) => {
                let time = self.time(rest);
                let (kind, action) = (call(kind, time), action(self));
                quote_spanned!(Span::mixed_site()=> if #word(#kind) { #action })
            }
            // As in any match, the pattern's names are known in its guard and in its action.
            pattern => {
                let action = arrow.map(|_| {
                    let action = action(self);
                    quote_spanned!(Span::mixed_site()=> => { #action })
                });
                quote_spanned!(Span::mixed_site()=> match #word(()) { #(#pattern)* #action _ => {} })
            }
        }
    }

    /// What becomes of states that cannot be read.
    fn remedy(&mut self, content: &[TokenTree]) -> TokenStream {
        match content {
            [TokenTree::Ident(word), words @ ..] if word == "restart" => {
                let words = self.tokens(words);
                call(word, quote!([#words] as [&str; _]))
            }
            [TokenTree::Ident(word), path @ ..] if word == "park" || word == "migrate" => {
                let path = self.tokens(path);
                call(word, path)
            }
            _ => self.action(content),
        }
    }

    /// A time such as `30s` is no literal of Rust's.
    fn time(&mut self, content: &[TokenTree]) -> TokenStream {
        match content {
            [TokenTree::Literal(_), rest @ ..] => {
                let rest = self.tokens(rest);
                quote!(() #rest)
            }
            _ => self.tokens(content),
        }
    }

    /// What an `else` or an `on` does.
    fn action(&mut self, content: &[TokenTree]) -> TokenStream {
        match content {
            [TokenTree::Literal(_), ..] => {
                let message = self.message(content);
                quote_spanned!(Span::mixed_site()=> ::converse::__private::words::say(#message);)
            }
            [TokenTree::Group(list), rest @ ..] if list.delimiter() == Delimiter::Bracket => {
                let list: Vec<TokenTree> = list.stream().into_iter().collect();
                let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
                let actions = list.split(is_comma).map(|action| self.action(action)).collect::<Vec<_>>();
                quote!(#(#actions)* #(#rest)*)
            }
            [TokenTree::Punct(open), rest @ ..] if open.as_char() == '|' => {
                let (problem, rest) = (rest.first(), self.tokens(rest.get(2..).unwrap_or_default()));
                quote_spanned! {Span::mixed_site()=>
                    let #problem = ::converse::__private::words::problem(); #rest;
                }
            }
            [] => TokenStream::new(),
            _ => {
                let action = self.tokens(content);
                quote_spanned!(Span::mixed_site()=> #action;)
            }
        }
    }

    /// A format string with its arguments, as an editor knows them; or any other expression.
    fn message(&mut self, content: &[TokenTree]) -> TokenStream {
        match content {
            [TokenTree::Literal(_), ..] => {
                quote_spanned!(Span::mixed_site()=> ::core::format_args!(#(#content)*))
            }
            _ => self.tokens(content),
        }
    }

    /// `for x: T in …` without its type, which Rust does not allow there.
    fn pattern(&mut self, tokens: &[TokenTree], mut at: usize, out: &mut TokenStream) -> usize {
        let is_end = |at: usize| {
            is_word(tokens, at + 1, "in")
                || matches!(&tokens[at], TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
        };
        let is_type = |at: usize| is(tokens, at, ':') && !is(tokens, at + 1, ':') && !is(tokens, at - 1, ':');
        let mut in_type = false;
        while at < tokens.len() && !is_end(at) {
            in_type |= is_type(at);
            if !in_type {
                tokens[at].to_tokens(out);
            }
            at += 1;
        }
        at
    }

    fn is_variable(&self, name: &str) -> bool {
        self.variables.iter().any(|variable| variable == name)
    }

    fn remember(&mut self, tokens: &[TokenTree], at: usize) {
        let let_ =
            is_word(tokens, at, "let") || is_word(tokens, at, "mut") && is_word(tokens, at.wrapping_sub(1), "let");
        if let (true, TokenTree::Ident(name)) = (let_, &tokens[at]) {
            self.variables.extend((Word::of(name).is_some() || name == "talk").then(|| name.to_string()));
        }
    }
}

/// Where a statement ends that begins at `start`, at whose commas it does not end before `from`.
fn end(tokens: &[TokenTree], start: usize, from: usize, in_arm: bool) -> usize {
    let ends = |at: &usize| match &tokens[*at] {
        TokenTree::Punct(p) => p.as_char() == ';' || p.as_char() == ',' && in_arm && *at >= from,
        // What can only be the next statement, where a `;` is missing.
        TokenTree::Ident(next) => *at > start && ends_expression(&tokens[at - 1]) && (next == "let" || next == "say"),
        _ => false,
    };
    (start..tokens.len()).find(ends).unwrap_or(tokens.len())
}

/// Whether `#[was = "phone"]` or `#[default(0)]` stands at `at`, which Rust does not know; the value in it, if there is one.
fn older(tokens: &[TokenTree], at: usize) -> Option<Option<TokenStream>> {
    let Some(TokenTree::Group(group)) = tokens.get(at + 1).filter(|_| is(tokens, at, '#')) else { return None };
    let mut inside = group.stream().into_iter();
    let Some(TokenTree::Ident(word)) = inside.next() else { return None };
    let value = match inside.next() {
        Some(TokenTree::Group(value)) if word == "default" => Some(value.stream()),
        _ => None,
    };
    (word == "was" || word == "default").then_some(value)
}

/// Whether an `on` that begins so is for a time.
fn is_time(kind: &Ident, rest: &[TokenTree]) -> bool {
    (kind == "silence" || kind == "after") && !matches!(rest, [TokenTree::Punct(_), ..])
}

/// The call of a word's namesake, under which an editor finds what the word means.
fn call(word: &Ident, arguments: TokenStream) -> TokenStream {
    quote_spanned!(Span::mixed_site()=> #word(#arguments))
}

fn is(tokens: &[TokenTree], at: usize, character: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == character)
}

/// Whether the token before `at` is this one.
fn is_word(tokens: &[TokenTree], at: usize, word: &str) -> bool {
    matches!(tokens.get(at.wrapping_sub(1)), Some(TokenTree::Ident(ident)) if ident == word)
}
