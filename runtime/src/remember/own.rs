//! How the types of this crate are stored where a conversation remembers them.

use std::borrow::Cow;

use bytes::Bytes;
use data_encoding::BASE64;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};

use crate::conversation::{Conversation, Slot};
use crate::message::{Binary, Json, Message, Text};
use crate::reply::Problem;
use crate::rest::Rest;

/// Bytes, as Base64 (RFC 4648 §4): a store holds text.
impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(from)?;
        BASE64.decode(text.as_bytes()).map(|bytes| Binary(bytes.into())).map_err(D::Error::custom)
    }
}

/// A message, under the name of its kind.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Message")]
enum Stored<'m> {
    Text(Cow<'m, str>),
    Binary(Binary),
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let stored = match self {
            Message::Text(text) => Stored::Text(Cow::Borrowed(text)),
            Message::Binary(bytes) => Stored::Binary(Binary(Bytes::clone(bytes))),
        };
        stored.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(match Stored::deserialize(from)? {
            Stored::Text(text) => Message::from(text.into_owned()),
            Stored::Binary(bytes) => Message::from(bytes),
        })
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Text::from)
    }
}

impl<T: Serialize> Serialize for Json<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Json<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::deserialize(from).map(Json)
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Problem {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Problem::new)
    }
}

impl<T: Serialize> Serialize for Rest<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.as_slice().serialize(to)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rest<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Vec::<T>::deserialize(from).map(Rest::new)
    }
}

/// A conversation that another one runs is stored as the state that it waits in.
impl<C: Conversation> Serialize for Slot<C> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Slot::Waiting(state) => state.serialize(to),
            Slot::Start(_) | Slot::Over => Err(S::Error::custom("a conversation is stored while it waits")),
        }
    }
}

impl<'de, C: Conversation> Deserialize<'de> for Slot<C> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        C::State::deserialize(from).map(Slot::Waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn stored<T: Serialize + for<'de> Deserialize<'de> + PartialEq + std::fmt::Debug>(value: T, expected: &str) {
        let json = serde_json::to_string(&value).expect("it can be stored");
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_str::<T>(&json).expect("it can be read"), value);
    }

    #[test]
    fn our_types_come_back() {
        stored(Binary(vec![0xCA, 0xFE].into()), "\"yv4=\"");
        stored(Message::from("hi"), r#"{"Text":"hi"}"#);
        stored(Message::from(vec![0, 1]), r#"{"Binary":"AAE="}"#);
        stored(Text::from("a \"word\""), r#""a \"word\"""#);
        stored(Json(vec![1, 2]), "[1,2]");
        stored(Problem::new("not a number"), r#""not a number""#);
    }

    #[test]
    fn only_what_is_left_of_the_items_is_stored() {
        let mut rest = Rest::new([1, 2, 3]);
        rest.next();
        let json = serde_json::to_string(&rest).expect("it can be stored");
        assert_eq!(json, "[2,3]");
        assert_eq!(serde_json::from_str::<Rest<i32>>(&json).expect("it can be read").collect::<Vec<_>>(), [2, 3]);
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        assert!(serde_json::from_str::<Binary>("\"%\"").is_err());
    }
}
