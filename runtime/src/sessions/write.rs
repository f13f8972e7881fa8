//! How what is stored of a conversation is written. Each turn does so: names that need no escapes are not searched for any.

use serde::Serialize;
use serde_json::Result;

use super::said::Numbers;
use super::saved::{Access, Saved};
use super::token::Hash;

impl<S: Serialize> Saved<'_, S> {
    /// Appends it as JSON. What is as it is read where it is not there is left out, but for the numbers.
    pub(crate) fn write(&self, to: &mut Vec<u8>) -> Result<()> {
        let mut object = Object::begin(to);
        object.put_some("state", self.state.as_ref())?;
        object.put_some("words", Some(&self.words).filter(|words| !words.is_empty()))?;
        object.name("numbers");
        self.numbers.write(object.to)?;
        object.put_some("inputs", set(&self.inputs))?;
        object.put_some("done", set(&self.done))?;
        object.put_some("goes_on", set(&self.goes_on))?;
        object.put_some("before", Some(&self.before).filter(|before| !before.is_empty()))?;
        object.put_some("asks", set(&self.asks))?;
        object.put_some("silence", self.silence.as_ref())?;
        object.put_some("alarm", self.alarm.as_ref())?;
        object.put_some("ended", self.ended.as_ref())?;
        object.name("access");
        self.access.write(object.to)?;
        object.end();
        Ok(())
    }
}

impl Numbers {
    fn write(&self, to: &mut Vec<u8>) -> Result<()> {
        let mut object = Object::begin(to);
        object.put("out", &self.out)?;
        object.put("asked", &self.asked)?;
        object.end();
        Ok(())
    }
}

impl Access {
    fn write(&self, to: &mut Vec<u8>) -> Result<()> {
        let mut object = Object::begin(to);
        object.put("epoch", &self.epoch)?;
        object.put_hash("token", self.token.as_ref());
        object.put_hash("previous", self.previous.as_deref());
        object.put_some("ticket", self.ticket.as_ref())?;
        object.end();
        Ok(())
    }
}

/// Nothing where it is as it is read where it is left out.
fn set<T: Default + PartialEq>(value: &T) -> Option<&T> {
    Some(value).filter(|value| **value != T::default())
}

/// A JSON object, as it is written.
struct Object<'b> {
    to: &'b mut Vec<u8>,
    /// What comes before the next name.
    before: u8,
}

impl<'b> Object<'b> {
    fn begin(to: &'b mut Vec<u8>) -> Self {
        Object { to, before: b'{' }
    }

    /// Begins a member. The name is of this program, and has nothing that JSON would escape.
    fn name(&mut self, name: &'static str) {
        self.to.extend([self.before, b'"']);
        self.to.extend_from_slice(name.as_bytes());
        self.to.extend(*b"\":");
        self.before = b',';
    }

    fn put(&mut self, name: &'static str, value: &impl Serialize) -> Result<()> {
        self.name(name);
        serde_json::to_writer(&mut *self.to, value)
    }

    fn put_some(&mut self, name: &'static str, value: Option<&impl Serialize>) -> Result<()> {
        value.map_or(Ok(()), |value| self.put(name, value))
    }

    /// Digits need no escapes either.
    fn put_hash(&mut self, name: &'static str, hash: Option<&Hash>) {
        let Some(hash) = hash else { return };
        self.name(name);
        self.to.push(b'"');
        self.to.extend(hash.digits());
        self.to.push(b'"');
    }

    /// Ends one that has members.
    fn end(self) {
        self.to.push(b'}');
    }
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
            r#"{"state":{"age":{"name":"Ada"}},"words":[{"Text":"\"Age\"?"}],"numbers":{"out":3,"asked":3},"inputs":2,"#
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
