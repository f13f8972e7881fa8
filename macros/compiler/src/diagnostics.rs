//! Collects what is wrong with the input. The only maker of `compile_error!`.
//!
//! Passes report here and go on; everything found is shown in one go, each error at its own token.

use std::fmt::{Display, Write};

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// Past so many errors the rest says nothing new.
const MOST_SHOWN: usize = 50;

/// The errors found so far.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    errors: Vec<Diagnostic>,
}

/// One error: a sentence at a token, and what to do about it.
#[derive(Debug)]
pub(crate) struct Diagnostic {
    /// What is underlined: from the first token to the last.
    span: (Span, Span),
    text: String,
}

impl Diagnostics {
    /// Reports an error at `span`: one lowercase sentence that names the thing in backticks.
    pub(crate) fn error(&mut self, span: Span, message: impl Display) -> &mut Diagnostic {
        self.push((span, span), message)
    }

    /// Reports an error under all the tokens of something.
    pub(crate) fn error_under(&mut self, tokens: impl ToTokens, message: impl Display) -> &mut Diagnostic {
        let mut spans = tokens.into_token_stream().into_iter().map(|token| token.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        self.push((first, spans.last().unwrap_or(first)), message)
    }

    fn push(&mut self, span: (Span, Span), message: impl Display) -> &mut Diagnostic {
        self.errors.push(Diagnostic { span, text: message.to_string() });
        self.errors.last_mut().expect("one was pushed")
    }

    /// Reports what syn says, in its words.
    pub(crate) fn syntax(&mut self, error: syn::Error) {
        for error in error {
            self.error(error.span(), error);
        }
    }

    /// Whether nothing was reported.
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// The errors as items, each once, in the order of the source.
    pub(crate) fn into_compile_errors(mut self) -> TokenStream {
        self.errors.sort_by_key(|error| error.span.0.start());
        let mut seen: Vec<(String, String)> = Vec::new();
        let mut items = TokenStream::new();
        for Diagnostic { span, text } in self.errors {
            let (first, last) = span;
            let key = (format!("{:?}", first.start()), text);
            if seen.len() == MOST_SHOWN || seen.contains(&key) {
                continue;
            }
            let text = &key.1;
            // rustc underlines from the first token of the call to its last.
            let message = quote_spanned!(last=> { #text });
            items.extend(quote_spanned!(first=> ::core::compile_error! #message));
            seen.push(key);
        }
        items
    }
}

impl Diagnostic {
    /// What to write instead.
    pub(crate) fn help(&mut self, help: impl Display) -> &mut Self {
        let blank = if self.text.contains("\n\n") { "" } else { "\n" };
        let _ = write!(self.text, "{blank}\n  = help: {help}");
        self
    }
}

/// The closest of `names` to a misspelt one, if any is close.
pub(crate) fn did_you_mean<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    names
        .into_iter()
        .map(|name| (distance(wrong, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.len().max(wrong.len()) / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = match (i, j) {
                (0, n) | (n, 0) => n,
                _ => {
                    let substitute = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let mut least = substitute.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        least = least.min(rows[i - 2][j - 2] + 1);
                    }
                    least
                }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_named_and_far_ones_are_not() {
        assert_eq!(did_you_mean("nmae", ["name", "age"]), Some("name"));
        assert_eq!(did_you_mean("street", ["name", "age"]), None);
    }

    #[test]
    fn an_error_reported_twice_is_shown_once() {
        let mut cx = Diagnostics::default();
        cx.error(Span::call_site(), "`x` is wrong").help("write `y`");
        cx.error(Span::call_site(), "`x` is wrong").help("write `y`");
        assert_eq!(cx.into_compile_errors().to_string().matches("compile_error").count(), 1);
    }
}
