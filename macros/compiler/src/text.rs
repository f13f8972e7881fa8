//! Tokens as a person writes them, for the names of types and prompts in the graph.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

use crate::syntax::ast::Message;

impl Message {
    /// A prompt as written: the format string, or the expression.
    pub(crate) fn source(&self) -> String {
        match self {
            Message::Format { text, .. } => text.clone(),
            Message::Value(value) => source(value.to_token_stream()),
        }
    }
}

/// `HashMap<String, Vec<u8>>` rather than `HashMap < String , Vec < u8 > >`.
pub(crate) fn source(tokens: TokenStream) -> String {
    let mut text = String::new();
    let mut before: Option<TokenTree> = None;
    // Whether that is a colon by itself, as behind the name of a field.
    let mut after_colon = false;
    for token in tokens {
        if after_colon || before.as_ref().is_some_and(|before| spaced(before, &token)) {
            text.push(' ');
        }
        match &token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                text.push_str(&source(group.stream()));
                text.push_str(close);
            }
            other => text.push_str(&other.to_string()),
        }
        let in_path = before.is_some_and(|before| is_colon(&before, Spacing::Joint));
        after_colon = is_colon(&token, Spacing::Alone) && !in_path;
        before = Some(token);
    }
    text
}

fn is_colon(token: &TokenTree, spacing: Spacing) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':' && punct.spacing() == spacing)
}

/// Whether a space stands between two neighbours.
fn spaced(before: &TokenTree, after: &TokenTree) -> bool {
    const TIGHT_AFTER: &[char] = &['<', ':', '&', '.', '\'', '!', '?'];
    const TIGHT_BEFORE: &[char] = &['<', '>', ':', ',', '.', ';', '!', '?'];
    match (before, after) {
        (TokenTree::Punct(p), TokenTree::Punct(_)) if p.spacing() == Spacing::Joint => false,
        (TokenTree::Punct(p), _) if p.as_char() == ',' => true,
        (TokenTree::Punct(p), _) if TIGHT_AFTER.contains(&p.as_char()) => false,
        (TokenTree::Punct(p), TokenTree::Group(_)) if p.as_char() == '>' => false,
        (_, TokenTree::Punct(p)) if TIGHT_BEFORE.contains(&p.as_char()) => false,
        (TokenTree::Ident(_), TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_patterns_read_as_written() {
        for text in [
            "HashMap<String, Vec<u8>>",
            "Option<::std::net::IpAddr>",
            "(u8, [i32; 4], ::a::B)",
            "Box<dyn Fn(u8) -> u8>",
            "i32",
            "Paid { by: ::a::Name, .. }",
        ] {
            assert_eq!(source(text.parse().expect("tokens")), text);
        }
    }
}
