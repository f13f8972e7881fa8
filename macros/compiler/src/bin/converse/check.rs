//! Whether two texts say the same: what makes the formatter safe, whatever is wrong with it.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::source::{Source, is_arrow, is_ident, is_punct};
use super::words;

/// Why `after` may not stand in the place of `before`.
pub(crate) fn difference(before: &Source, after: &Source) -> Option<&'static str> {
    let comments = |source: &Source| {
        let mut comments: Vec<Vec<String>> = source
            .comments
            .iter()
            .map(|comment| comment.text.lines().map(|line| line.trim().to_owned()).collect())
            .collect();
        comments.sort();
        comments
    };
    if comments(before) != comments(after) {
        return Some("a comment would have changed");
    }
    if normal(before.tokens.clone()) != normal(after.tokens.clone()) {
        return Some("a token would have changed");
    }
    None
}

/// The tokens without what rustfmt adds and takes away: the last comma of a group, commas between match arms and behind a
/// `where` clause, a `;` behind another, one behind a jump that ends a block, braces around the only expression of an arm or
/// a closure.
fn normal(tokens: Vec<TokenTree>) -> Vec<String> {
    let mut out = Vec::new();
    flatten(&tokens, Delimiter::None, &mut out);
    out
}

fn flatten(tokens: &[TokenTree], around: Delimiter, out: &mut Vec<String>) {
    let arms = around == Delimiter::Brace && (1..tokens.len()).any(|at| is_arrow(tokens, at));
    for (at, token) in tokens.iter().enumerate() {
        let last = at + 1 == tokens.len();
        match token {
            TokenTree::Punct(punct) => {
                let clause = around == Delimiter::None && at + 2 == tokens.len();
                let comma = punct.as_char() == ',' && (last || arms || clause);
                let empty = punct.as_char() == ';' && at > 0 && is_punct(tokens.get(at - 1), ';');
                let jump = last && around == Delimiter::Brace && ends_jump(tokens);
                if !(comma || empty || jump) {
                    out.push(punct.to_string());
                }
            }
            TokenTree::Group(group) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                let value = is_arrow(tokens, at.wrapping_sub(1)) || at > 0 && is_punct(tokens.get(at - 1), '|');
                let value = value && is_value(&inside);
                let (open, close) = brackets(group);
                if !value {
                    out.push(open.to_owned());
                }
                flatten(&inside, group.delimiter(), out);
                if !value {
                    out.push(close.to_owned());
                }
            }
            other => out.push(other.to_string()),
        }
    }
}

/// Whether braces around these tokens hold nothing but a value, so that rustfmt takes them for decoration. What is said with
/// arguments is none: without braces its commas would end the arm.
fn is_value(tokens: &[TokenTree]) -> bool {
    let statements = tokens.iter().filter(|token| is_punct(Some(token), ';')).count();
    let jump = ends_jump(tokens);
    let word = !tokens.is_empty() && words::find(tokens, 0).is_some();
    let commas = tokens.iter().any(|token| is_punct(Some(token), ','));
    !tokens.is_empty() && statements == usize::from(jump) && !(word && commas)
}

/// Whether the last token is the `;` of a `return`, a `break` or a `continue`.
fn ends_jump(tokens: &[TokenTree]) -> bool {
    let Some((last, rest)) = tokens.split_last() else { return false };
    let start = rest.iter().rposition(|token| is_punct(Some(token), ';')).map_or(0, |before| before + 1);
    let jump = |token: &TokenTree| ["return", "break", "continue"].iter().any(|word| is_ident(Some(token), word));
    is_punct(Some(last), ';') && rest[start..].iter().any(jump)
}

fn brackets(group: &Group) -> (&'static str, &'static str) {
    match group.delimiter() {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(before: &str, after: &str) -> bool {
        let source = |text: &str| Source::new(text.to_owned()).expect("tokens");
        difference(&source(before), &source(after)).is_none()
    }

    #[test]
    fn only_decoration_may_change() {
        assert!(same("{ f(a, b,); if x { return 1 } }", "{ f(a, b); if x { return 1; } }"));
        assert!(same("match x { A => { b } C => d }", "match x { A => b, C => d, }"));
        assert!(!same("if x { y }", "if x { y; }"));
        assert!(!same("f(a, b)", "f(a b)"));
        assert!(!same("a; // b", "a; // c"));
        assert!(!same(r#"match x { A => { say "a{}", x } }"#, r#"match x { A => say "a{}", x }"#));
    }
}
