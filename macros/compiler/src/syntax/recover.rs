//! Parses statements one by one where they do not parse together, so that a mistake in one loses only that one.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Stmt;
use syn::parse::Parser;

use super::amiss;
use super::shape::ends_expression;
use crate::diagnostics::Diagnostics;

/// The statements in `tokens` that parse; the others are reported.
pub(crate) fn statements(cx: &mut Diagnostics, tokens: TokenStream) -> Vec<Stmt> {
    match syn::Block::parse_within.parse2(tokens.clone()) {
        Ok(statements) => statements,
        Err(error) => {
            let parse = |chunk: TokenStream| (syn::Block::parse_within.parse2(chunk.clone()), chunk);
            let parsed: Vec<_> = chunks(tokens).into_iter().map(parse).collect();
            // Where each alone is Rust, a `;` is missing between two.
            if parsed.iter().all(|(statements, _)| statements.is_ok()) {
                cx.syntax(error);
            }
            let or_report = |(statements, chunk): (syn::Result<Vec<Stmt>>, TokenStream)| {
                statements.map_err(|error| amiss::report(cx, error, &chunk)).unwrap_or_default()
            };
            parsed.into_iter().flat_map(or_report).collect()
        }
    }
}

/// Cuts after each `;`, and after each block that nothing continues.
fn chunks(tokens: TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut chunks = Vec::new();
    let mut start = 0;
    for at in 0..tokens.len() {
        let ends = match &tokens[at] {
            TokenTree::Punct(p) => p.as_char() == ';',
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => match tokens.get(at + 1) {
                Some(TokenTree::Ident(next)) => next != "else" && next != "as",
                Some(next) => !matches!(next, TokenTree::Punct(_)) && ends_expression(next),
                None => true,
            },
            _ => false,
        };
        if ends || at + 1 == tokens.len() {
            chunks.push(tokens[start..=at].iter().cloned().collect());
            start = at + 1;
        }
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_statement_loses_only_itself() {
        let mut cx = Diagnostics::default();
        let source = "let a = 1; let = 2; if a > 0 { b(); } let c = ; d()";
        let found = statements(&mut cx, source.parse().expect("tokens"));
        assert_eq!(found.len(), 3);
        assert_eq!(cx.into_compile_errors().to_string().matches("compile_error").count(), 2);
    }

    #[test]
    fn a_missing_semicolon_is_reported_though_each_statement_parses() {
        let mut cx = Diagnostics::default();
        let found = statements(&mut cx, "Total { sum: 1 } total.sum".parse().expect("tokens"));
        assert_eq!(found.len(), 2);
        assert_eq!(cx.into_compile_errors().to_string().matches("compile_error").count(), 1);
    }
}
