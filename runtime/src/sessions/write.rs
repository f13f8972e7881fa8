//! How what is stored of a conversation is written. Each turn does so: names that need no escapes are not searched for any,
//! and what was said is searched as a whole, not byte by byte.

use serde::Serialize;
use serde_json::Result;

use super::said::Numbers;
use super::saved::{Access, Saved};
use super::token::Hash;
use crate::message::Message;

/// A member's name, as it stands behind another member. It is of this program, and has nothing that JSON would escape.
macro_rules! name {
    ($name:literal) => {
        concat!(",\"", $name, "\":")
    };
}

impl<S: Serialize> Saved<'_, S> {
    /// Appends it as JSON. What would be read the same if it were left out is, but for the numbers.
    pub(crate) fn write(&self, to: &mut Vec<u8>) -> Result<()> {
        // All of them by name, here as below: what is new is not forgotten.
        let Saved { state, words, numbers, inputs, done, goes_on, before, asks, silence, alarm, ended, access } = self;
        Object::write(to, |object| {
            object.put_some(name!("state"), state.as_ref())?;
            object.put_words(name!("words"), words)?;
            object.put_object(name!("numbers"), |object| numbers.write(object))?;
            object.put_some(name!("inputs"), set(inputs))?;
            object.put_some(name!("done"), set(done))?;
            object.put_some(name!("goes_on"), set(goes_on))?;
            object.put_some(name!("before"), Some(before).filter(|before| !before.is_empty()))?;
            object.put_some(name!("asks"), set(asks))?;
            object.put_some(name!("silence"), silence.as_ref())?;
            object.put_some(name!("alarm"), alarm.as_ref())?;
            object.put_some(name!("ended"), ended.as_ref())?;
            object.put_object(name!("access"), |object| access.write(object))
        })
    }
}

impl Numbers {
    fn write(&self, object: &mut Object<'_>) -> Result<()> {
        let Numbers { out, asked } = self;
        object.put(name!("out"), out)?;
        object.put(name!("asked"), asked)
    }
}

impl Access {
    fn write(&self, object: &mut Object<'_>) -> Result<()> {
        let Access { epoch, token, previous, ticket } = self;
        object.put(name!("epoch"), epoch)?;
        object.put_hash(name!("token"), token.as_ref());
        object.put_hash(name!("previous"), previous.as_deref());
        object.put_some(name!("ticket"), ticket.as_ref())
    }
}

/// Nothing where it would be read the same if it were left out.
fn set<T: Default + PartialEq>(value: &T) -> Option<&T> {
    Some(value).filter(|value| **value != T::default())
}

/// A JSON object, as it is written.
struct Object<'b>(&'b mut Vec<u8>);

impl Object<'_> {
    /// Appends one, with the members that are put into it.
    #[inline]
    fn write(to: &mut Vec<u8>, members: impl FnOnce(&mut Object<'_>) -> Result<()>) -> Result<()> {
        let begin = to.len();
        members(&mut Object(to))?;
        // Nothing is before the first member that a comma would part it from.
        match to.get_mut(begin) {
            Some(comma) => *comma = b'{',
            None => to.push(b'{'),
        }
        to.push(b'}');
        Ok(())
    }

    /// Appends what is JSON already.
    #[inline]
    fn json(&mut self, json: &str) {
        self.0.extend_from_slice(json.as_bytes());
    }

    #[inline]
    fn put(&mut self, name: &'static str, value: &impl Serialize) -> Result<()> {
        self.json(name);
        serde_json::to_writer(&mut *self.0, value)
    }

    #[inline]
    fn put_some(&mut self, name: &'static str, value: Option<&impl Serialize>) -> Result<()> {
        value.map_or(Ok(()), |value| self.put(name, value))
    }

    #[inline]
    fn put_object(&mut self, name: &'static str, members: impl FnOnce(&mut Object<'_>) -> Result<()>) -> Result<()> {
        self.json(name);
        Object::write(self.0, members)
    }

    /// Digits need no escapes either.
    fn put_hash(&mut self, name: &'static str, hash: Option<&Hash>) {
        let Some(hash) = hash else { return };
        self.json(name);
        self.0.push(b'"');
        self.0.extend_from_slice(hash.digits().as_flattened());
        self.0.push(b'"');
    }

    /// What was said, if anything was.
    fn put_words(&mut self, name: &'static str, words: &[Message]) -> Result<()> {
        let Some((first, others)) = words.split_first() else { return Ok(()) };
        self.json(name);
        self.json("[");
        self.word(first)?;
        for word in others {
            self.json(",");
            self.word(word)?;
        }
        self.json("]");
        Ok(())
    }

    /// A message, as it is serialized.
    fn word(&mut self, word: &Message) -> Result<()> {
        match word {
            Message::Text(text) if is_plain(text) => {
                self.json("{\"Text\":\"");
                self.json(text);
                self.json("\"}");
                Ok(())
            }
            word => serde_json::to_writer(&mut *self.0, word),
        }
    }
}

/// Whether nothing in it needs an escape (RFC 8259 §7). It goes on where something does: so many bytes are looked at at once.
fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & (byte >= b' ') & (byte != b'"') & (byte != b'\\'))
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    fn rewritten(text: &str) -> String {
        let saved: Saved<'_> = serde_json::from_str(text).expect("it is one");
        let mut written = Vec::new();
        saved.write(&mut written).expect("it can be written");
        String::from_utf8(written).expect("JSON is text")
    }

    #[test]
    fn everything_is_written_as_it_is_read() {
        let hash = "00".repeat(32);
        let whole =
            r#"{"state":{"age":{"name":"Ada"}},"words":[{"Text":"\"Age\"?"},{"Text":"Äge\\n"},{"Text":"Age?"},{"Binary":"AA=="}],"numbers":{"out":3,"asked":3},"inputs":2,"#
                .to_owned()
                + r#""done":1,"goes_on":true,"before":[{"name":{}}],"asks":true,"silence":4,"alarm":5,"ended":[1000,"bye"],"#
                + &format!(r#""access":{{"epoch":6,"token":"{hash}","previous":"{hash}","#)
                + &format!(r#""ticket":{{"hash":"{hash}","until":7}}}}}}"#);
        assert_eq!(rewritten(&whole), whole);
    }

    #[test]
    fn what_need_not_be_there_is_left_out() {
        assert_eq!(rewritten("{}"), r#"{"numbers":{"out":0,"asked":0},"access":{"epoch":0}}"#);
    }

    #[test]
    fn what_cannot_be_written_is_an_error() {
        let state = Some(std::collections::HashMap::from([((1, 2), 3)]));
        let saved: Saved<'_, Box<RawValue>> = serde_json::from_str("{}").expect("it is one");
        let Saved { words, numbers, inputs, done, goes_on, before, asks, silence, alarm, ended, access, .. } = saved;
        let saved = Saved { state, words, numbers, inputs, done, goes_on, before, asks, silence, alarm, ended, access };
        assert!(saved.write(&mut Vec::new()).is_err(), "JSON has no such names");
    }
}
