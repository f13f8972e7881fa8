//! An action: a message, a list of actions, a block, or a verb.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};

use super::amiss;
use super::ast::{Action, Block, Statement, Verb, VerbKind};
use super::message::message;
use super::parse::block;
use super::verb::verb;
use super::words::Word;
use crate::diagnostics::Diagnostics;

/// `message | [ action, … ] | ("|" problem "|")? block | verb`
pub(crate) fn action(cx: &mut Diagnostics, word: Span, tokens: TokenStream) -> Option<Action> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    match tokens.as_slice() {
        [] => {
            cx.error(word, "what happens next is missing here").help("write a message, a block, or `retry`");
            None
        }
        _ if amiss::no_action(cx, &tokens) => None,
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Brace => {
            Some(Action::Block { problem: None, block: block(cx, group) })
        }
        [TokenTree::Punct(open), TokenTree::Ident(problem), TokenTree::Punct(close), TokenTree::Group(group)]
            if open.as_char() == '|'
                && close.as_char() == '|'
                && group.delimiter() == Delimiter::Brace
                && is_name(problem) =>
        {
            Some(Action::Block { problem: Some(problem.clone()), block: block(cx, group) })
        }
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
            let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let parts = inner.split(is_comma).filter(|part| !part.is_empty());
            let actions: Vec<Action> =
                parts.filter_map(|part| action(cx, group.span_open(), part.iter().cloned().collect())).collect();
            if actions.iter().any(|action| matches!(action, Action::List(_))) {
                cx.error(group.span(), "a list holds actions, not other lists").help("write all of them into one list");
                return None;
            }
            if inner.is_empty() {
                cx.error(group.span(), "this list has no action in it")
                    .help("write `[\"A number, please.\", \"Digits only.\"]`");
                return None;
            }
            (!actions.is_empty()).then_some(Action::List(actions))
        }
        // Where only an action can stand, `answer (a, b)` is no call.
        [TokenTree::Ident(word), rest @ ..] if Word::of(word) == Some(Word::Verb) && verb_begins(word, rest) => {
            let verb = verb(cx, tokens.iter().cloned().collect())?;
            let statements = vec![Statement::Verb(verb)];
            Some(Action::Block { problem: None, block: Block { statements, tail: None, end: word.span() } })
        }
        // Then the question that it is an action of is asked again.
        [TokenTree::Ident(word)] | [TokenTree::Ident(word), _] if word == "revise" => {
            let mut block = Block::of(cx, tokens.iter().cloned().collect(), word.span());
            let retry = Verb { span: word.span(), kind: VerbKind::Retry };
            block.statements.push(Statement::Verb(retry));
            Some(Action::Block { problem: None, block })
        }
        [TokenTree::Ident(verb), rest @ ..] if verb_begins(verb, rest) => {
            let braced: TokenStream = tokens.iter().cloned().collect();
            let block = Block::of(cx, braced, word);
            // One that does not parse was reported.
            let parses = block.tail.is_some() || !block.statements.is_empty();
            parses.then_some(Action::Block { problem: None, block })
        }
        _ => message(cx, word, tokens.into_iter().collect()).map(Action::Say),
    }
}

/// Whether a variable can be called so: it is no keyword.
fn is_name(ident: &Ident) -> bool {
    syn::parse2::<Ident>(TokenTree::from(ident.clone()).into()).is_ok()
}

/// Whether an action is a verb: one of the language's, or of Rust's own.
fn verb_begins(verb: &Ident, rest: &[TokenTree]) -> bool {
    let rust = verb == "return" || verb == "break" || verb == "continue";
    rust || Word::of(verb).is_some() && (Word::stands_alone(verb) == rest.is_empty())
}
