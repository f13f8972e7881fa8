//! Where the clauses of a question begin, and what can follow a word: told by the tokens alone, for whoever has to know it, the
//! compiler, what editors read, and the formatter.

use proc_macro2::{Delimiter, TokenTree};

use super::shape::{ends_expression, is_arrow};
use super::words::Clause;

/// The places of the words that clauses begin with, among the tokens behind `ask` or `hear`.
///
/// Such a word follows a whole expression, where Rust has no identifier, or a bare `return`; only an `else` might belong to
/// an `if` of the expression before it.
pub fn clauses(tokens: &[TokenTree]) -> Vec<usize> {
    let mut found = Vec::new();
    // How many `if`s stand open, and whether the last of them has had its block.
    let (mut open_ifs, mut after_if_block) = (0usize, false);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) => {
                let (is_if, is_else) = (word == "if", word == "else");
                let clause = match Clause::of(word) {
                    Some(Clause::Else) => !after_if_block,
                    Some(_) => is_whole(tokens, at),
                    None => false,
                };
                open_ifs += usize::from(is_if && !after_if_block);
                if clause || after_if_block && !is_else && !is_if {
                    open_ifs = 0;
                }
                after_if_block = after_if_block && is_else && !clause;
                found.extend(clause.then_some(at));
            }
            TokenTree::Group(group) => {
                let is_block = group.delimiter() == Delimiter::Brace;
                after_if_block = open_ifs > 0 && is_block && !after_if_block;
                if !after_if_block && is_block {
                    open_ifs = 0;
                }
            }
            // Before an arrow, an `if` is a guard: the block behind it is none of it.
            _ if after_if_block || is_arrow(tokens, at) => (open_ifs, after_if_block) = (0, false),
            _ => {}
        }
    }
    found
}

/// Whether a value that begins by `!` stands at `at`, behind a word: behind a name, a `!` begins the input of a macro, or a `!=`.
pub fn is_negated(tokens: &[TokenTree], at: usize) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == '!')
        && matches!(tokens.get(at + 1), Some(TokenTree::Ident(_) | TokenTree::Literal(_)))
}

/// Whether what stands before `at` is whole without it.
fn is_whole(tokens: &[TokenTree], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    // Two names in a row are never the value of a `return`.
    let two = matches!(tokens.get(at + 1), Some(TokenTree::Ident(_) | TokenTree::Literal(_)));
    ends_expression(&tokens[before]) || two && may_be_bare(&tokens[before]) || ends_generics(tokens, before)
}

/// Whether this may stand without anything that belongs to it: a jump; an `else`, by mistake.
fn may_be_bare(token: &TokenTree) -> bool {
    const BARE: [&str; 4] = ["return", "break", "continue", "else"];
    matches!(token, TokenTree::Ident(word) if BARE.iter().any(|bare| word == bare))
}

/// Whether the `>` at `at` ends what a `::<` has begun, as in `None::<u32>`.
fn ends_generics(tokens: &[TokenTree], at: usize) -> bool {
    let is = |at: usize, c: char| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == c);
    let is_arrow = |at: usize| at > 0 && (is(at - 1, '=') || is(at - 1, '-'));
    let mut open = 0usize;
    for at in (0..=at).rev() {
        if is(at, '>') && !is_arrow(at) {
            open += 1;
        } else if is(at, '<') {
            open = open.saturating_sub(1);
        }
        if open == 0 {
            return at >= 2 && is(at, '<') && is(at - 1, ':') && is(at - 2, ':');
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each clause with its word, behind what stands before the first.
    #[track_caller]
    fn check(source: &str, parts: &[&str]) {
        let tokens: Vec<TokenTree> = source.parse::<proc_macro2::TokenStream>().expect("tokens").into_iter().collect();
        let starts = [0].into_iter().chain(clauses(&tokens)).collect::<Vec<_>>();
        let ends = starts[1..].iter().copied().chain([tokens.len()]);
        let text = |tokens: &[TokenTree]| tokens.iter().cloned().collect::<proc_macro2::TokenStream>().to_string();
        let found: Vec<String> = starts.iter().zip(ends).map(|(start, end)| text(&tokens[*start..end])).collect();
        assert_eq!(found, parts);
    }

    #[test]
    fn clauses_are_cut_before_their_words() {
        check(
            r#""A {}?", x where if a { b } else { c } else "no" within 30s else { retry } else "text""#,
            &[
                r#""A {}?" , x"#,
                "where if a { b } else { c }",
                r#"else "no""#,
                "within 30s",
                "else { retry }",
                r#"else "text""#,
            ],
        );
    }

    #[test]
    fn a_guard_has_no_else() {
        check(
            r#""A?" on n if n > 3 => { retry } else "no""#,
            &[r#""A?""#, "on n if n > 3 => { retry }", r#"else "no""#],
        );
    }

    #[test]
    fn a_bare_jump_ends_where_a_clause_begins() {
        check(
            r#""A?" within 1min else return tries 3 else break on "x" => return within"#,
            &[r#""A?""#, "within 1min", "else return", "tries 3", "else break", r#"on "x" => return within"#],
        );
    }

    #[test]
    fn generics_end_an_expression_and_a_comparison_does_not() {
        check(
            r#""A?" unless None::<Vec<fn() -> u8>> where a < b && c > within else "no""#,
            &[r#""A?""#, "unless None ::< Vec < fn () -> u8 >>", "where a < b && c > within", r#"else "no""#],
        );
    }
}
