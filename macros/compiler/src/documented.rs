//! Dialogues in the documentation of a conversation, which are tests of it.
//!
//! A test beside the conversation, rather than one that rustdoc runs, since only that can name what is private or stands in a
//! program.

use proc_macro2::{Literal, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use crate::diagnostics::Diagnostics;
use crate::graph::line;
use crate::names::plain;
use crate::syntax::ast::Conversation;

/// A block of the documentation that begins with ```` ```dialogue ````.
pub(crate) struct Documented {
    /// Of its first line.
    span: Span,
    /// Its lines, and above them as many empty ones as there are before it in the file.
    text: String,
    /// What the dialogue is held with.
    begin: TokenStream,
    /// The state of the router that its dependencies come from.
    with: Option<TokenStream>,
}

/// Finds them. One that cannot begin is reported.
pub(crate) fn find(cx: &mut Diagnostics, conversation: &Conversation) -> Vec<Documented> {
    let mut found = Vec::new();
    let mut lines = conversation.attributes.iter().flat_map(lines);
    while let Some((line, _)) = lines.next() {
        let Some((fence, language)) = opened(line.trim()) else { continue };
        // It ends with as many of the same, or more.
        let is_end =
            |(line, _): &(String, Span)| matches!(opened(line.trim()), Some((end, "")) if end.starts_with(fence));
        let block: Vec<(String, Span)> = lines.by_ref().take_while(|line| !is_end(line)).collect();
        if language == "dialogue" {
            found.extend(read(cx, conversation, &block));
        }
    }
    found
}

/// The fence of a block of code that a line opens or closes, and the language behind it.
fn opened(line: &str) -> Option<(&str, &str)> {
    let fence = line.chars().next().filter(|first| "`~".contains(*first))?;
    let (fence, language) = line.split_at(line.len() - line.trim_start_matches(fence).len());
    (fence.len() >= 3).then_some((fence, language.trim()))
}

/// The lines of a `///`, or of a `#[doc = "…"]` that has several.
fn lines(attribute: &Attribute) -> Vec<(String, Span)> {
    let Meta::NameValue(doc) = &attribute.meta else { return Vec::new() };
    match &doc.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if doc.path.is_ident("doc") => {
            text.value().split('\n').map(|line| (line.to_owned(), text.span())).collect()
        }
        _ => Vec::new(),
    }
}

fn read(cx: &mut Diagnostics, conversation: &Conversation, block: &[(String, Span)]) -> Option<Documented> {
    let (first, span) = block.first()?;
    let name = &conversation.name;
    let begins = first.trim().strip_prefix('=');
    let (begin, with) = match begins {
        Some(begin) => begun(cx, *span, begin)?,
        None => (quote!(#name), None),
    };
    let is_begun = begins.is_some() || conversation.parameters.is_empty();
    if !is_begun || (with.is_none() && !conversation.dependencies.is_empty()) {
        let fields = if conversation.parameters.is_empty() { "" } else { " { … }" };
        let with = if conversation.dependencies.is_empty() { "" } else { ", with STATE" };
        cx.error(*span, format_args!("this dialogue does not say what `{name}` begins with"))
            .help(format_args!("write `= {name}{fields}{with}` as its first line"));
        return None;
    }
    // So that a line's number is that in the file.
    let above = usize::try_from(line(*span)).unwrap_or_default().saturating_sub(1);
    let begins = usize::from(begins.is_some());
    let lines: Vec<&str> = block[begins..].iter().map(|(line, _)| line.as_str()).collect();
    let text = "\n".repeat(above + begins) + &lines.join("\n");
    Some(Documented { span: *span, text, begin, with })
}

/// Reads `Order { table: 4 }, with Kitchen::open()`.
fn begun(cx: &mut Diagnostics, span: Span, text: &str) -> Option<(TokenStream, Option<TokenStream>)> {
    let parts = parts(text, span);
    if parts.is_none() {
        cx.error(span, "this is no value that a dialogue begins with")
            .help("write `= Order { table: 4 }`, and `, with STATE` behind it for what it depends on");
    }
    parts
}

fn parts(text: &str, span: Span) -> Option<(TokenStream, Option<TokenStream>)> {
    let tokens: Vec<TokenTree> = text.parse::<TokenStream>().ok()?.into_iter().map(|token| at(token, span)).collect();
    let is_with = |at: &usize| {
        matches!(&tokens[*at], TokenTree::Ident(word) if word == "with")
            && matches!(&tokens[at - 1], TokenTree::Punct(comma) if comma.as_char() == ',')
    };
    let value = |tokens: &[TokenTree]| {
        let tokens: TokenStream = tokens.iter().cloned().collect();
        syn::parse2::<Expr>(tokens.clone()).ok().map(|_| tokens)
    };
    match (1..tokens.len()).find(is_with) {
        None => Some((value(&tokens)?, None)),
        Some(with) => Some((value(&tokens[..with - 1])?, Some(value(&tokens[with + 1..])?))),
    }
}

/// A token as if it stood at a place, with the names that are known there.
fn at(mut token: TokenTree, span: Span) -> TokenTree {
    if let TokenTree::Group(group) = &token {
        let inside = group.stream().into_iter().map(|token| at(token, span)).collect();
        token = TokenTree::Group(proc_macro2::Group::new(group.delimiter(), inside));
    }
    token.set_span(span);
    token
}

/// A test for each.
pub(crate) fn tests(conversation: &Conversation, documented: &[Documented]) -> TokenStream {
    let name = plain(&conversation.name).to_lowercase();
    let tests = documented.iter().enumerate().map(|(index, Documented { span, text, begin, with })| {
        let (number, text) = (index + 1, Literal::string(text));
        let test = format_ident!("{name}_as_documented_{number}", span = span.resolved_at(Span::call_site()));
        let with = with.as_ref().map(|with| quote_spanned!(*span=> .with(|| #with)));
        // In a function there are no tests.
        quote_spanned! {span.resolved_at(Span::mixed_site())=>
            #[cfg(test)]
            #[allow(unnameable_test_items, dead_code, clippy::redundant_closure)]
            #[test]
            fn #test() {
                ::converse::testing::dialogue(|| #begin) #with .check_documented(::core::file!(), #text);
            }
        }
    });
    quote!(#(#tests)*)
}
