//! How long something takes: `500ms`, `30s`, `5min`, `2h`, `7d`.

use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::Expr;

use super::amiss;
use crate::diagnostics::Diagnostics;

/// `500ms`, `30s`, `5min`, `2h`, `7d`, or any expression of type `Duration`.
pub(crate) fn duration(cx: &mut Diagnostics, word: &Ident, tokens: TokenStream) -> Option<Expr> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    if trees.is_empty() {
        cx.error(word.span(), format_args!("a `{word}` needs a time"))
            .help(format_args!("write `{word} 30s`, or `500ms`, `5min`, `2h`, `7d`"));
        return None;
    }
    if let [TokenTree::Literal(number), TokenTree::Ident(unit)] = trees.as_slice()
        && unit_millis(&unit.to_string()).is_some()
    {
        cx.error(number.span(), format_args!("`{number} {unit}` is not a time"))
            .help(format_args!("write it without the space: `{number}{unit}`"));
        return None;
    }
    let [TokenTree::Literal(literal)] = trees.as_slice() else {
        return syn::parse2(tokens.clone()).map_err(|error| amiss::report(cx, error, &tokens)).ok();
    };
    let span = literal.span();
    let Some(millis) = milliseconds(literal) else {
        cx.error(span, format_args!("`{literal}` is not a time"))
            .help("write a whole number with its unit: `500ms`, `30s`, `5min`, `2h`, `7d`");
        return None;
    };
    if millis == 0 {
        cx.error(span, format_args!("`{word} {literal}` leaves no time to answer"))
            .help(format_args!("write how long it waits, as in `{word} 30s`, or leave it out to wait for ever"));
        return None;
    }
    syn::parse2(quote_spanned!(span=> ::core::time::Duration::from_millis(#millis))).ok()
}

fn milliseconds(literal: &Literal) -> Option<u64> {
    millis(&literal.to_string().replace('_', ""))
}

/// The same, of a text.
pub(crate) fn millis(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..digits].parse::<u64>().ok()?.checked_mul(unit_millis(&text[digits..])?)
}

fn unit_millis(unit: &str) -> Option<u64> {
    Some(match unit {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        for (literal, millis) in
            [("500ms", Some(500)), ("30s", Some(30_000)), ("5min", Some(300_000)), ("2h", Some(7_200_000))]
        {
            assert_eq!(milliseconds(&literal.parse().expect("a literal")), millis);
        }
        for literal in ["30", "1.5s", "3weeks", "99999999999999999999d"] {
            assert_eq!(milliseconds(&literal.parse().expect("a literal")), None);
        }
    }
}
