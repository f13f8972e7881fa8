//! What is said: a format string with its arguments, or any other expression.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::LitStr;

use super::amiss;
use super::ast::Message;
use crate::diagnostics::Diagnostics;

/// Reads a message. `word` is what says it, for the error where there is none.
pub(crate) fn message(cx: &mut Diagnostics, word: Span, tokens: TokenStream) -> Option<Message> {
    let Some(first) = tokens.clone().into_iter().next() else {
        cx.error(word, "there is nothing to say here").help("write a message, as in `\"What is your name?\"`");
        return None;
    };
    let questions = amiss::questions_in(&tokens);
    if !questions.is_empty() {
        questions.into_iter().for_each(|question| amiss::question_inside(cx, question));
        return None;
    }
    if let Some(text) = string(&first) {
        if amiss::behind_message(cx, &tokens) {
            return None;
        }
        return Some(Message::Format { text, tokens });
    }
    match syn::parse2(tokens.clone()) {
        Ok(value) => Some(Message::Value(value)),
        Err(error) => {
            amiss::report(cx, error, &tokens);
            None
        }
    }
}

/// The text of a string literal, also of one that a macro handed on in invisible delimiters.
fn string(token: &TokenTree) -> Option<String> {
    let literal: LitStr = syn::parse2(token.clone().into()).ok()?;
    Some(literal.value())
}
