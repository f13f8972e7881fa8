//! How a client's message becomes the value that a question asks for.

mod among;
mod collections;

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;

use crate::message::{Binary, Json, Message};

pub(crate) use self::among::is_word_of;
pub use self::among::{is_one_of, read_among, read_several_among};
pub use self::collections::{read_or_nothing, read_several, read_verbatim_or_nothing};

/// A type that a question can ask for: `let age: i32 = ask "…";`.
///
/// Every [`FromStr`] type whose error is [`Display`](fmt::Display) is one: it reads the text, trimmed. Beside them
/// [`Json`], [`Binary`] and [`Message`] itself; any enum that derives [`Choice`](trait@crate::Choice); a
/// [`Secret`](crate::Secret) of any; an `Option` of any, which an empty reply leaves `None`; and a `Vec`, of which the
/// reply's parts are separated by commas.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a reply",
    label = "not a type that a question can ask for",
    note = "ask for a type that implements `FromStr` with an error that implements `Display`, or for `Json<{Self}>`, `Binary` or `Message`",
    note = "an enum without fields can have `#[derive(Choice)]`"
)]
pub trait Reply: Sized {
    /// Reads the reply.
    ///
    /// # Errors
    ///
    /// A [`Problem`] that says why the message is no `Self`; the question's `else` deals with it.
    fn read(message: Message) -> Result<Self, Problem>;

    /// Reads the reply for a question that does not ask why it will not do.
    fn accept(message: Message) -> Option<Self> {
        Self::read(message).ok()
    }

    /// Reads the reply to a `verbatim` question: as [`read`](Self::read), but of a text nothing is trimmed.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    fn read_verbatim(message: Message) -> Result<Self, Problem> {
        Self::read(message)
    }
}

#[diagnostic::do_not_recommend]
impl<T> Reply for T
where
    T: FromStr,
    T::Err: fmt::Display,
{
    fn read(message: Message) -> Result<Self, Problem> {
        parse(text(&message)?.trim())
    }

    /// No problem is put into words that nobody reads.
    fn accept(message: Message) -> Option<Self> {
        message.as_text()?.trim().parse().ok()
    }

    fn read_verbatim(message: Message) -> Result<Self, Problem> {
        parse(text(&message)?)
    }
}

impl<T: DeserializeOwned> Reply for Json<T> {
    fn read(message: Message) -> Result<Self, Problem> {
        serde_json::from_slice(message.as_bytes()).map(Json).map_err(|error| Problem::new(error.to_string()))
    }
}

impl Reply for Binary {
    fn read(message: Message) -> Result<Self, Problem> {
        match message {
            Message::Binary(bytes) => Ok(Binary(bytes)),
            Message::Text(_) => Err(Problem::new("expected a binary message, not text")),
        }
    }
}

impl Reply for Message {
    fn read(message: Message) -> Result<Self, Problem> {
        Ok(message)
    }
}

fn parse<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error: T::Err| Problem::new(error.to_string()))
}

fn text(message: &Message) -> Result<&str, Problem> {
    message.as_text().ok_or_else(|| Problem::new("expected text, not a binary message"))
}

/// Why a reply is not what its question asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(std::borrow::Cow<'static, str>);

impl Problem {
    /// A problem in words for the person who replied.
    pub fn new(why: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Problem(why.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_and_parsed() {
        assert_eq!(i32::read(" 36\n".into()), Ok(36));
        assert_eq!(String::read("  Ada ".into()), Ok("Ada".to_owned()));
        assert_eq!(i32::read("99999999999".into()).unwrap_err().to_string(), "number too large to fit in target type");
    }

    #[test]
    fn a_binary_message_is_not_text_and_the_reverse() {
        assert_eq!(String::read(vec![1].into()).unwrap_err().to_string(), "expected text, not a binary message");
        assert_eq!(Binary::read("x".into()).unwrap_err().to_string(), "expected a binary message, not text");
    }

    #[test]
    fn json_is_read_from_either_kind() {
        assert_eq!(Json::<Vec<u8>>::read("[1,2]".into()), Ok(Json(vec![1, 2])));
        assert_eq!(Json::<Vec<u8>>::read(b"[1]".to_vec().into()), Ok(Json(vec![1])));
        assert!(Json::<u8>::read("{".into()).is_err());
    }
}
