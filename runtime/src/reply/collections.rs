//! `Option` and `Vec` of replies. Functions, since both belong to another crate, and so might say one day how they parse.

use super::{Problem, Reply};
use crate::message::Message;

/// Reads a reply that may be empty, which is `None`.
///
/// # Errors
///
/// Where the reply is neither empty nor a `T`.
pub fn read_or_nothing<T: Reply>(message: Message) -> Result<Option<T>, Problem> {
    match message.as_bytes().trim_ascii().is_empty() {
        true => Ok(None),
        false => T::read(message).map(Some),
    }
}

/// As [`read_or_nothing`], but of a text nothing is trimmed.
///
/// # Errors
///
/// As [`read_or_nothing`].
pub fn read_verbatim_or_nothing<T: Reply>(message: Message) -> Result<Option<T>, Problem> {
    match message.is_empty() {
        true => Ok(None),
        false => T::read_verbatim(message).map(Some),
    }
}

/// Reads several values, separated by commas; an empty reply has none.
///
/// # Errors
///
/// Where a part of the reply is no `T`.
pub fn read_several<T: Reply>(message: Message) -> Result<Vec<T>, Problem> {
    let parts = super::text(&message)?.split(',').filter(|part| !part.trim().is_empty());
    parts.map(|part| T::read(part.into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_none() {
        assert_eq!(read_or_nothing::<u8>(" ".into()), Ok(None));
        assert_eq!(read_or_nothing::<u8>("7".into()), Ok(Some(7)));
        assert!(read_or_nothing::<u8>("x".into()).is_err());
        assert_eq!(read_verbatim_or_nothing::<String>(" ".into()), Ok(Some(" ".to_owned())));
    }

    #[test]
    fn commas_separate() {
        assert_eq!(read_several::<u8>("1, 2,3".into()), Ok(vec![1, 2, 3]));
        assert_eq!(read_several::<u8>(" ".into()), Ok(vec![]));
        assert!(read_several::<u8>("1, x".into()).is_err());
    }
}
