//! The head of a conversation as a function's: `Order<T>(dish: T) with (kitchen: Kitchen) hears News -> u8 where T: Dish`
//! is `shadow<T>(dish: T, kitchen: Kitchen, _: hears<News>) -> u8 where T: Dish`.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use super::{is, is_word};

/// The head, from the conversation's attributes to its `where` clause.
pub(super) fn head(tokens: &[TokenTree]) -> TokenStream {
    let mut at = 0;
    while is(tokens, at, '#') {
        at += 2;
    }
    at += usize::from(is_word(tokens, at + 1, "pub"));
    at += usize::from(parenthesized(tokens.get(at)).is_some()) + 1;
    let end = end_of_generics(tokens, at);
    let generics = tokens.get(at..end).unwrap_or_default();
    at = end;
    let (mut parameters, mut rest) = (TokenStream::new(), TokenStream::new());
    while at < tokens.len() {
        let next = at + 1;
        if is_word(tokens, next, "where") {
            rest.extend(tokens[at..].iter().cloned());
            break;
        } else if is_word(tokens, next, "hears") {
            let end = end_of_type(tokens, next);
            let (word, ty) = (&tokens[at], &tokens[next..end]);
            let heard = quote_spanned!(Span::mixed_site()=> _: ::converse::__private::words::#word<#(#ty)*>);
            add(&mut parameters, heard);
            at = end;
        } else if is_arrow(tokens, at) {
            let end = end_of_type(tokens, at + 2);
            let output = &tokens[at + 2..end];
            rest.extend(quote_spanned!(Span::mixed_site()=> -> #(#output)*));
            at = end;
        } else {
            if let Some(group) = parenthesized(tokens.get(at)) {
                add(&mut parameters, without_attributes(group));
            }
            at = next;
        }
    }
    quote_spanned!(Span::mixed_site()=> shadow #(#generics)* (#parameters) #rest)
}

/// Adds to what may end with a comma or not.
fn add(parameters: &mut TokenStream, more: TokenStream) {
    let last = parameters.clone().into_iter().last();
    if last.is_some_and(|last| !matches!(last, TokenTree::Punct(p) if p.as_char() == ',')) {
        parameters.extend(quote_spanned!(Span::mixed_site()=> ,));
    }
    parameters.extend(more);
}

/// Behind the `>` that belongs to a `<` at `start`, or `start` where there is none.
fn end_of_generics(tokens: &[TokenTree], start: usize) -> usize {
    let mut depth = 0usize;
    for at in start..tokens.len() {
        match () {
            () if is(tokens, at, '<') => depth += 1,
            () if is(tokens, at, '>') && !is(tokens, at - 1, '-') => depth = depth.saturating_sub(1),
            () => {}
        }
        if depth == 0 {
            return if at > start { at + 1 } else { start };
        }
    }
    tokens.len()
}

fn end_of_type(tokens: &[TokenTree], start: usize) -> usize {
    let ends = |at: &usize| is_arrow(tokens, *at) || is_word(tokens, at + 1, "where");
    (start..tokens.len()).find(ends).unwrap_or(tokens.len())
}

fn is_arrow(tokens: &[TokenTree], at: usize) -> bool {
    is(tokens, at, '-') && is(tokens, at + 1, '>')
}

fn parenthesized(token: Option<&TokenTree>) -> Option<TokenStream> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => Some(group.stream()),
        _ => None,
    }
}

fn without_attributes(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_attribute = |at: usize| is(&tokens, at, '#') || at > 0 && is(&tokens, at - 1, '#');
    (0..tokens.len()).filter(|at| !is_attribute(*at)).map(|at| tokens[at].clone()).collect()
}
