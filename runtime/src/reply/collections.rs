//! `Option` and `Vec` of replies. Wrapped, since both belong to another crate, and so might say one day how they parse.

use super::{Problem, Reply};
use crate::message::Message;

/// An empty reply is `None`.
pub struct Optional<T>(pub Option<T>);

impl<T: Reply> Reply for Optional<T> {
    fn read(message: Message) -> Result<Self, Problem> {
        match message.as_bytes().trim_ascii().is_empty() {
            true => Ok(Optional(None)),
            false => T::read(message).map(|value| Optional(Some(value))),
        }
    }

    fn read_verbatim(message: Message) -> Result<Self, Problem> {
        match message.is_empty() {
            true => Ok(Optional(None)),
            false => T::read_verbatim(message).map(|value| Optional(Some(value))),
        }
    }
}

/// Several values, separated by commas; an empty reply has none.
pub struct Several<T>(pub Vec<T>);

impl<T: Reply> Reply for Several<T> {
    fn read(message: Message) -> Result<Self, Problem> {
        let parts = super::text(&message)?.split(',').filter(|part| !part.trim().is_empty());
        parts.map(|part| T::read(part.into())).collect::<Result<_, _>>().map(Several)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_none() {
        assert_eq!(Optional::<u8>::read(" ".into()).ok().and_then(|value| value.0), None);
        assert_eq!(Optional::<u8>::read("7".into()).ok().and_then(|value| value.0), Some(7));
        assert!(Optional::<u8>::read("x".into()).is_err());
    }

    #[test]
    fn commas_separate() {
        assert_eq!(Several::<u8>::read("1, 2,3".into()).map(|several| several.0), Ok(vec![1, 2, 3]));
        assert_eq!(Several::<u8>::read(" ".into()).map(|several| several.0), Ok(vec![]));
        assert!(Several::<u8>::read("1, x".into()).is_err());
    }
}
