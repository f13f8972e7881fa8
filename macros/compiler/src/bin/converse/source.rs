//! A source file as its formatter sees it: tokens with their places, and the comments between them.

use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Text that lexes, with its tokens and its comments.
pub(crate) struct Source {
    pub(crate) text: String,
    pub(crate) tokens: Vec<TokenTree>,
    pub(crate) comments: Vec<Comment>,
}

/// A comment that no token is made of; documentation is made of tokens.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) start: usize,
    pub(crate) text: String,
    /// Whether it stands on the line of the token before it.
    pub(crate) trailing: bool,
}

/// What is wrong at a place of a text.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) at: usize,
    pub(crate) message: String,
}

impl Source {
    pub(crate) fn new(text: String) -> Result<Source, Mistake> {
        let stream: TokenStream = text.parse().map_err(|error: proc_macro2::LexError| Mistake {
            at: error.span().byte_range().start,
            message: "this is not made of Rust's tokens: a quote or a bracket may be missing".to_owned(),
        })?;
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut leaves = Vec::new();
        edges(&tokens, &mut leaves);
        leaves.push(text.len()..text.len());
        let mut comments = Vec::new();
        let mut at = 0;
        for leaf in leaves {
            if leaf.start > at {
                gap(&text, at..leaf.start, &mut comments);
            }
            at = at.max(leaf.end);
        }
        Ok(Source { text, tokens, comments })
    }

    /// The comments that begin in `range`.
    pub(crate) fn comments_in(&self, range: Range<usize>) -> impl Iterator<Item = &Comment> {
        self.comments.iter().filter(move |comment| range.contains(&comment.start))
    }
}

/// The line and the column, from 1, of a place in a text.
pub(crate) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(at)];
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line..].chars().count() + 1)
}

pub(crate) fn is_punct(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

pub(crate) fn is_ident(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

pub(crate) fn is_brace(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace)
}

/// Whether the `>` of a `=>` is at `at`.
pub(crate) fn is_arrow(tokens: &[TokenTree], at: usize) -> bool {
    at > 0 && is_punct(tokens.get(at), '>') && is_punct(tokens.get(at - 1), '=')
}

/// Where the tokens stand, from the first to the last.
pub(crate) fn range(tokens: &[TokenTree]) -> Option<Range<usize>> {
    Some(tokens.first()?.span().byte_range().start..tokens.last()?.span().byte_range().end)
}

/// The places of all tokens, with the two brackets of a group one by one.
fn edges(tokens: &[TokenTree], out: &mut Vec<Range<usize>>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                out.push(group.span_open().byte_range());
                edges(&group.stream().into_iter().collect::<Vec<_>>(), out);
                out.push(group.span_close().byte_range());
            }
            other => out.push(other.span().byte_range()),
        }
    }
}

/// The comments in a text that has no tokens.
fn gap(text: &str, range: Range<usize>, out: &mut Vec<Comment>) {
    let mut at = range.start;
    let mut trailing = at > 0;
    while at < range.end {
        let rest = &text[at..range.end];
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else {
            trailing &= !rest.starts_with('\n');
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        out.push(Comment { start: at, text: rest[..length].trim_end().to_owned(), trailing });
        at += length;
    }
}

/// The length of the comment that `text` begins with; comments nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        let step = match () {
            () if rest.starts_with(b"/*") => {
                depth += 1;
                2
            }
            () if rest.starts_with(b"*/") => {
                depth -= 1;
                2
            }
            () => 1,
        };
        at += step;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_found_between_tokens() {
        let text = "/* a /* b */ */ x // c\n\n// d\n\"// no\" /// doc\nfn f() {}";
        let source = Source::new(text.to_owned()).expect("tokens");
        let found: Vec<_> = source.comments.iter().map(|comment| (comment.text.as_str(), comment.trailing)).collect();
        assert_eq!(found, [("/* a /* b */ */", false), ("// c", true), ("// d", false)]);
    }

    #[test]
    fn places_count_from_one() {
        assert_eq!(line_and_column("ä\nbü c", 6), (2, 3));
    }
}
