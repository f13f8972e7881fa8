//! Encryption of what is stored: XChaCha20-Poly1305, with a random nonce for each write.

use std::borrow::Cow;
use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::random;

/// The first byte of what is sealed; JSON begins with another.
const SEALED: u8 = 1;

const NONCE: usize = 24;

/// The keys that what is stored is sealed with: the last one that was added for writing, all of them for reading.
///
/// To change the key, put the new one in front of the old one in every process, so that all can read it, and then behind it,
/// so that it seals. Take the old one out when all that was written with it has expired: every turn writes its conversation
/// anew.
///
/// ```
/// use converse::{Keys, Sessions, store::Memory};
///
/// # fn secret(name: &str) -> [u8; 32] { [name.len() as u8; 32] }
/// let keys = Keys::new("2026-10", &secret("2026-10")).and("2026-11", &secret("2026-11")); // the latter seals
/// let sessions = Sessions::new(Memory::default()).sealed_by(keys);
/// # let _ = sessions;
/// ```
pub struct Keys {
    all: Vec<(String, XChaCha20Poly1305)>,
    unsealed: bool,
}

impl Keys {
    /// A key of 256 random bits, and what it is called. The name is stored with what the key has sealed.
    ///
    /// # Panics
    ///
    /// If the name has more than 255 bytes.
    pub fn new(name: impl Into<String>, key: &[u8; 32]) -> Self {
        Keys { all: Vec::new(), unsealed: false }.and(name, key)
    }

    /// Another one, which seals from now on.
    ///
    /// # Panics
    ///
    /// If the name has more than 255 bytes.
    #[must_use]
    pub fn and(mut self, name: impl Into<String>, key: &[u8; 32]) -> Self {
        let name = name.into();
        assert!(u8::try_from(name.len()).is_ok(), "a key's name has at most 255 bytes");
        self.all.push((name, XChaCha20Poly1305::new(key.into())));
        self
    }

    /// Reads also what is not sealed, which is refused otherwise. It is for conversations from before there was a key, and for
    /// as long as there are any: until what was written without one has expired.
    ///
    /// As long as this is set, whoever can write to the store can put an unsealed conversation or event there in the place of
    /// a sealed one, and come into it with a token of their own. What is sealed stays secret, and all that is written is sealed.
    ///
    /// ```
    /// use converse::Keys;
    ///
    /// # fn secret(name: &str) -> [u8; 32] { [name.len() as u8; 32] }
    /// let keys = Keys::new("2026-11", &secret("2026-11")).and_unsealed(); // until the end of the year
    /// # let _ = keys;
    /// ```
    #[must_use]
    pub fn and_unsealed(mut self) -> Self {
        self.unsealed = true;
        self
    }

    /// Seals `text` for the place that `place` names: anywhere else it cannot be opened.
    pub(super) fn seal(&self, place: &str, text: &[u8]) -> Vec<u8> {
        let (name, cipher) = self.all.last().expect("there is one from the beginning");
        let nonce: [u8; NONCE] = random::bytes();
        let payload = Payload { msg: text, aad: place.as_bytes() };
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).expect("it is shorter than 256 GiB");
        let length = u8::try_from(name.len()).expect("looked at when it was added");
        [&[SEALED, length], name.as_bytes(), &nonce, &sealed].concat()
    }

    fn open(&self, place: &str, name: &str, nonce: [u8; NONCE], sealed: &[u8]) -> Result<Vec<u8>, Unopened> {
        let key = self.all.iter().find(|(known, _)| known == name);
        let (_, cipher) = key.ok_or_else(|| Unopened::UnknownKey(name.to_owned()))?;
        cipher
            .decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: place.as_bytes() })
            .map_err(|_| Unopened::Forged)
    }
}

/// The names of the keys, and nothing of themselves.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.all.iter().map(|(name, _)| name)).finish()
    }
}

/// Opens what was stored at a place. What was not sealed is as it is, where that may be: it can be of anybody.
pub(super) fn open<'s>(keys: Option<&Keys>, place: &str, stored: &'s [u8]) -> Result<Cow<'s, [u8]>, Unopened> {
    let Some((&SEALED, rest)) = stored.split_first() else {
        let may_be = keys.is_none_or(|keys| keys.unsealed);
        return if may_be { Ok(stored.into()) } else { Err(Unopened::Unsealed) };
    };
    let parts = rest.split_first().and_then(|(length, rest)| {
        let (name, rest) = rest.split_at_checked(usize::from(*length))?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>()?;
        Some((std::str::from_utf8(name).ok()?, *nonce, sealed))
    });
    let (name, nonce, sealed) = parts.ok_or(Unopened::Forged)?;
    match keys {
        Some(keys) => keys.open(place, name, nonce, sealed).map(Cow::Owned),
        None => Err(Unopened::UnknownKey(name.to_owned())),
    }
}

/// Why something cannot be opened.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unopened {
    UnknownKey(String),
    /// There are keys, and nobody has said that there is anything without.
    Unsealed,
    /// It was changed, or belongs elsewhere.
    Forged,
}

impl Unopened {
    /// Whether a process with other keys may open it, now or later.
    pub(super) fn is_for_other_keys(&self) -> bool {
        matches!(self, Unopened::UnknownKey(_) | Unopened::Unsealed)
    }
}

impl fmt::Display for Unopened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unopened::UnknownKey(name) => write!(f, "it was sealed with the key {name:?}, which is not known here"),
            Unopened::Unsealed => f.write_str("it is not sealed, and `Keys::and_unsealed` was not called"),
            Unopened::Forged => f.write_str("what was sealed was changed, or stands in another place"),
        }
    }
}

impl std::error::Error for Unopened {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_opened_with_its_key_at_its_place() {
        let old = Keys::new("old", &[1; 32]);
        let new = Keys::new("old", &[1; 32]).and("new", &[2; 32]);
        let sealed = old.seal("a", b"text");
        assert!(!sealed.windows(4).any(|bytes| bytes == b"text"));
        assert_ne!(sealed, old.seal("a", b"text"), "the nonce is another");
        for keys in [&old, &new] {
            assert_eq!(open(Some(keys), "a", &sealed).as_deref(), Ok(&b"text"[..]));
            assert_eq!(open(Some(keys), "b", &sealed), Err(Unopened::Forged));
        }
        let unknown = |name: &str| Err(Unopened::UnknownKey(name.to_owned()));
        assert_eq!(open(Some(&old), "a", &new.seal("a", b"text")), unknown("new"));
        assert_eq!(open(None, "a", &sealed), unknown("old"));
    }

    #[test]
    fn what_is_not_sealed_is_refused_unless_it_may_be_there() {
        let keys = || Keys::new("k", &[1; 32]);
        for unsealed in [&b"{}"[..], b"", b"\0", b"\x02"] {
            assert_eq!(open(Some(&keys()), "a", unsealed), Err(Unopened::Unsealed));
            assert_eq!(open(Some(&keys().and_unsealed()), "a", unsealed).as_deref(), Ok(unsealed));
            assert_eq!(open(None, "a", unsealed).as_deref(), Ok(unsealed));
        }
        let keys = keys().and_unsealed();
        assert_eq!(open(Some(&keys), "b", &keys.seal("a", b"{}")), Err(Unopened::Forged), "the rest is as it was");
    }

    #[test]
    fn whatever_was_changed_is_refused() {
        let keys = Keys::new("k", &[1; 32]);
        let sealed = keys.seal("a", b"text");
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(open(Some(&keys), "a", &changed).is_err(), "{index}");
            assert!(open(Some(&keys), "a", &sealed[..index]).is_err(), "{index}");
        }
    }

    #[test]
    fn no_key_is_shown() {
        assert_eq!(format!("{:?}", Keys::new("k", &[7; 32]).and("l", &[8; 32])), r#"{"k", "l"}"#);
    }
}
