//! What a client comes back with: the name of its conversation, and a secret that only it has.

use std::array::from_fn;
use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::random;
use crate::store::Id;

/// What the text of a token begins with.
const KIND: &str = "v1";

/// How long it is.
const LENGTH: usize = 2 + 1 + 32 + 1 + 43;

/// `v1.<name of the conversation>.<256 random bits>`. The secret is nowhere but with the client: what is stored is its
/// [`Hash`], and nothing is ever looked up by it.
#[derive(Clone)]
pub(crate) struct Token {
    id: Id,
    secret: [u8; 32],
}

impl Token {
    /// A new one for this conversation.
    pub(crate) fn random(id: Id) -> Self {
        Token { id, secret: random::bytes() }
    }

    /// One for a conversation that begins, and is new itself: randomness is a call of the system.
    pub(crate) fn new() -> Self {
        let random: [u8; 48] = random::bytes();
        let byte = |index| random[index];
        Token { id: Id::from_bytes(from_fn(byte)), secret: from_fn(|index| byte(16 + index)) }
    }

    pub(crate) fn id(&self) -> Id {
        self.id
    }

    /// As the client keeps it.
    pub(crate) fn expose(&self) -> String {
        self.text(KIND)
    }

    /// The same for another purpose, which its text begins with.
    pub(super) fn text(&self, kind: &str) -> String {
        let mut text = String::with_capacity(LENGTH);
        text.push_str(kind);
        text.push('.');
        HEXLOWER.encode_append(self.id.as_bytes(), &mut text);
        text.push('.');
        BASE64URL_NOPAD.encode_append(&self.secret, &mut text);
        text
    }

    /// What [`text`](Self::text) has made.
    pub(super) fn read(kind: &str, text: &str) -> Result<Self, NoToken> {
        let rest = text.strip_prefix(kind).and_then(|rest| rest.strip_prefix('.')).ok_or(NoToken)?;
        let (id, secret) = rest.split_once('.').ok_or(NoToken)?;
        let secret = BASE64URL_NOPAD.decode(secret.as_bytes()).map_err(|_| NoToken)?;
        Ok(Token { id: id.parse().map_err(|_| NoToken)?, secret: secret.try_into().map_err(|_| NoToken)? })
    }

    /// What is stored of it. The secret has 256 random bits, so that a fast hash is as good as a slow one.
    pub(crate) fn hash(&self) -> Hash {
        Hash(Sha256::digest(self.secret).into())
    }
}

/// It is in no log.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(v1.{}.***)", self.id)
    }
}

/// What is no token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoToken;

impl FromStr for Token {
    type Err = NoToken;

    fn from_str(text: &str) -> Result<Self, NoToken> {
        Token::read(KIND, text)
    }
}

/// The SHA-256 of a token's secret.
#[derive(Clone, Copy)]
pub(crate) struct Hash([u8; 32]);

impl Hash {
    /// Whether it is that of the token, found out in the same time whatever the token is.
    pub(crate) fn is_of(&self, token: &Token) -> bool {
        self.0.ct_eq(&token.hash().0).into()
    }

    /// As it is stored, two digits for a byte. Each turn writes them: they are reckoned, many at once, and not looked up.
    pub(super) fn digits(&self) -> [[u8; 2]; 32] {
        let digit = |value| value + if value < 10 { b'0' } else { b'a' - 10 };
        self.0.map(|byte| [digit(byte >> 4), digit(byte & 0xF)])
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hash(***)")
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(std::str::from_utf8(self.digits().as_flattened()).expect("digits are text"))
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let bytes = HEXLOWER.decode(String::deserialize(from)?.as_bytes()).map_err(D::Error::custom)?;
        bytes.try_into().map(Hash).map_err(|_| D::Error::custom("a hash has 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_as_it_left_and_shows_nothing() {
        let token = Token::random(Id::random());
        let back: Token = token.expose().parse().expect("it is one");
        assert_eq!(back.id(), token.id());
        assert!(token.hash().is_of(&back));
        assert_eq!(token.expose().len(), LENGTH);
        assert!(!token.hash().is_of(&Token::random(token.id())));
        let secret = token.expose().rsplit('.').next().expect("it has three parts").to_owned();
        assert!(!format!("{token:?} {:?}", token.hash()).contains(&secret));
    }

    #[test]
    fn one_that_begins_is_new_in_both_parts() {
        let [first, second] = [Token::new(), Token::new()];
        assert_ne!(first.id(), second.id());
        assert_ne!(first.secret, second.secret);
        assert_ne!(first.id().as_bytes()[..], first.secret[..16]);
    }

    #[test]
    fn what_is_stored_is_read_back() {
        let token = Token::random(Id::random());
        let json = serde_json::to_string(&token.hash()).expect("it can be stored");
        assert!(!json.contains(token.expose().rsplit('.').next().expect("it has three parts")));
        assert!(serde_json::from_str::<Hash>(&json).expect("it was stored").is_of(&token));
        assert!(serde_json::from_str::<Hash>("\"00\"").is_err());
    }

    #[test]
    fn nothing_else_is_one() {
        let whole = Token::random(Id::random()).expose();
        let mut parts = whole.split('.');
        let (_, id, secret) = (parts.next(), parts.next().expect("an id"), parts.next().expect("a secret"));
        for text in [
            "",
            "v1",
            "v1.",
            "v1..",
            &format!("v1.{id}"),
            &format!("v1.{id}."),
            &format!("v2.{id}.{secret}"),
            &format!("v1.{secret}.{id}"),
            &format!("v1.{id}.{secret}A"),
            &format!("v1.{id}.{secret}=="),
            &format!("v1.{id}.{}", &secret[1..]),
            &format!(" {whole}"),
            "v1.\u{e9}.\u{e9}",
        ] {
            assert_eq!(text.parse::<Token>().err(), Some(NoToken), "{text}");
        }
    }
}
