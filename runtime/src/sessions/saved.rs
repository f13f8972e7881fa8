//! What is stored of a conversation: the body of its record, as JSON by names.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::token::Hash;
use crate::close::Close;
use crate::flow::Flow;
use crate::message::Message;
use crate::store::Schema;

/// How many messages are sent again at most, and of how many bytes together.
const WORDS: (usize, usize) = (64, 64 * 1024);

/// Everything of a conversation that a store need not know. What is new here has a default, and nothing is renamed: of
/// two versions of this crate, each reads what the other has written.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Saved {
    /// As it waits; nothing where it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<Box<RawValue>>,
    #[serde(default)]
    pub(crate) words: Words,
    /// How many things were done once.
    #[serde(default)]
    pub(crate) done: u64,
    /// Whether it goes on at once: it stands behind a `once`.
    #[serde(default)]
    pub(crate) goes_on: bool,
    /// Its states at the questions before, for `back`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) before: Vec<Box<RawValue>>,
    /// Its state at the question that it stands in an action of, for a `back` behind a `once`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) here: Option<Box<RawValue>>,
    /// Whether one can go back to where it is.
    #[serde(default)]
    pub(crate) asks: bool,
    /// When its question's time runs out, and when the first of its timers rings, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) silence: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alarm: Option<u64>,
    /// What it has closed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ended: Option<(u16, String)>,
    #[serde(default)]
    pub(crate) access: Access,
}

impl Saved {
    /// What it has closed with, if it has ended.
    pub(crate) fn close(&self) -> Option<Close> {
        self.ended.clone().map(|(code, reason)| Close::new(code, reason))
    }
}

/// Who may come back to a conversation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Access {
    /// How often a client has come. Who writes with an older number has been replaced.
    #[serde(default)]
    pub(crate) epoch: u64,
    /// Of the token that the last one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<Hash>,
    /// Of the token that it came with: the new one may not have arrived before it says something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<Hash>,
}

/// What was said since the last question that was answered, to be said again to a client that comes back.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Words {
    said: Vec<Message>,
    /// How many of them were said before the turn that runs.
    #[serde(skip)]
    before: usize,
}

impl Words {
    /// Another turn begins.
    pub(crate) fn begin(&mut self) {
        self.before = self.said.len();
    }

    /// The question that was pending is answered: what was said until this turn need not be said again.
    pub(crate) fn answered(&mut self) {
        self.said.drain(..self.before);
        self.before = 0;
    }

    pub(crate) fn extend(&mut self, words: impl IntoIterator<Item = Message>) {
        self.said.extend(words);
        let (most, bytes) = WORDS;
        let mut size: usize = self.said.iter().map(Message::len).sum();
        let mut dropped = 0;
        // The last one is the prompt, and stays.
        while dropped + 1 < self.said.len() && (self.said.len() - dropped > most || size > bytes) {
            size -= self.said[dropped].len();
            dropped += 1;
        }
        self.said.drain(..dropped);
        self.before = self.before.saturating_sub(dropped);
    }

    pub(crate) fn all(&self) -> &[Message] {
        &self.said
    }
}

/// What tells the states of two builds apart: the names of the questions, and of the variables with their types.
pub(crate) fn schema(flow: &Flow) -> Schema {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    let mut questions: Vec<_> = flow.questions.iter().collect();
    questions.sort_by_key(|question| question.name);
    for question in questions {
        add(question.name);
        let mut fields = question.remembers.to_vec();
        fields.sort_by_key(|field| field.name);
        for field in fields {
            add("+");
            add(field.name);
            add(field.ty);
        }
    }
    let hash: [u8; 32] = hash.finalize().into();
    Schema::from_bytes(std::array::from_fn(|index| hash[index]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &Words) -> Vec<String> {
        words.all().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_was_said_before_an_answer_is_forgotten() {
        let mut said = Words::default();
        said.begin();
        said.extend(["Name?".into()]);
        said.begin();
        said.extend(["A name, please.".into(), "Name?".into()]);
        assert_eq!(words(&said), ["Name?", "A name, please.", "Name?"]);
        said.begin();
        said.extend(["Charging.".into()]);
        said.answered();
        said.extend(["Age?".into()]);
        said.answered();
        assert_eq!(words(&said), ["Charging.", "Age?"]);
    }

    #[test]
    fn not_more_is_kept_than_is_bearable() {
        let mut said = Words::default();
        said.extend((0..100).map(|number| Message::from(number.to_string())));
        assert_eq!(said.all().len(), 64);
        assert_eq!(words(&said)[63], "99");
        said.extend(["x".repeat(100_000).into()]);
        assert_eq!(said.all().len(), 1);
    }

    #[test]
    fn what_another_version_wrote_is_read() {
        let saved: Saved =
            serde_json::from_str(r#"{"state":{"age":{}},"unknown":[1]}"#).expect("the rest has defaults");
        assert_eq!(saved.state.expect("it waits").get(), r#"{"age":{}}"#);
    }
}
