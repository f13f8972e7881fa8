//! Replies that have to be one of some words.

use std::borrow::Borrow;
use std::fmt::Display;

use super::{Problem, text};
use crate::message::Message;

/// Whether the reply, trimmed and without case, is one of these lowercase words.
#[inline]
pub fn is_one_of(message: &Message, words: &[&str]) -> bool {
    message.as_text().is_some_and(|text| is_word_of(text, words))
}

/// Whether the text, trimmed and without case, is one of these lowercase words.
pub(crate) fn is_word_of(text: &str, words: &[&str]) -> bool {
    let text = text.trim().to_lowercase();
    words.iter().any(|word| *word == text)
}

/// Something that holds answers of the type `T`, or borrows of them: what `among` takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no answers of the type `{T}`",
    label = "nothing that `{T}`s can be chosen from",
    note = "write an array, a `Vec` or another collection of `{T}`s, or of borrowed ones, behind `among`"
)]
pub trait Among<T> {
    /// The answers, in the order of their numbers.
    fn among(self) -> Vec<impl Borrow<T>>;
}

#[diagnostic::do_not_recommend]
impl<T, I: IntoIterator<Item: Borrow<T>>> Among<T> for I {
    fn among(self) -> Vec<impl Borrow<T>> {
        self.into_iter().collect()
    }
}

/// Reads one of `options`: by its text, trimmed and without case, or by its number, counted from 1.
///
/// # Errors
///
/// Where the reply is none of them; the problem lists them.
pub fn read_among<T: Clone + Display>(message: &Message, options: impl Among<T>) -> Result<T, Problem> {
    let options = options.among();
    one_of(text(message)?, &options)
}

/// Reads any number of `options`, separated by commas.
///
/// # Errors
///
/// As [`read_among`], for any part of the reply.
pub fn read_several_among<T: Clone + Display>(message: &Message, options: impl Among<T>) -> Result<Vec<T>, Problem> {
    let options = options.among();
    let parts = text(message)?.split(',').filter(|part| !part.trim().is_empty());
    parts.map(|part| one_of(part, &options)).collect()
}

fn one_of<T: Clone + Display>(text: &str, options: &[impl Borrow<T>]) -> Result<T, Problem> {
    let options = || options.iter().map(Borrow::borrow);
    let text = text.trim();
    let lowercase = text.to_lowercase();
    let by_name = options().find(|option| option.to_string().trim().to_lowercase() == lowercase);
    let by_number = || options().nth(text.parse::<usize>().ok()?.checked_sub(1)?);
    by_name.or_else(by_number).cloned().ok_or_else(|| {
        let all: Vec<String> = options().map(ToString::to_string).collect();
        Problem::new(format!("expected one of: {}", all.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_read_by_its_text_or_its_number() {
        let options = ["Tea", "Coffee", "2"].map(str::to_owned);
        let read = |reply: &str| read_among::<String>(&reply.into(), &options);
        assert_eq!(read(" coffee "), Ok("Coffee".to_owned()));
        assert_eq!(read("1"), Ok("Tea".to_owned()));
        assert_eq!(read("2"), Ok("2".to_owned()), "the text comes first");
        for wrong in ["0", "4", "", "-1", "milk"] {
            assert_eq!(read(wrong).unwrap_err().to_string(), "expected one of: Tea, Coffee, 2");
        }
    }

    #[test]
    fn several_are_separated_by_commas() {
        let read = |reply: &str| read_several_among::<u8>(&reply.into(), [10, 20, 30]);
        assert_eq!(read("30, 1,"), Ok(vec![30, 10]));
        assert_eq!(read(""), Ok(vec![]));
        assert!(read("10, 40").is_err());
    }

    #[test]
    fn words_are_heard_without_case() {
        assert!(is_one_of(&" Cancel\n".into(), &["stop", "cancel"]));
        assert!(!is_one_of(&"cancel it".into(), &["cancel"]));
        assert!(!is_one_of(&b"cancel".to_vec().into(), &["cancel"]));
    }
}
