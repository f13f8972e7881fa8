//! What is stored of a conversation: the body of its record, as JSON by names.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::said::{Numbers, Words};
use super::ticket::Issued;
use super::token::Hash;
use crate::close::Close;
use crate::message::Message;

/// Everything of a conversation that a store need not know. What is new here has a default, and nothing is renamed: of
/// two versions of this crate, each reads what the other has [written](Self::write). What is written is borrowed from the
/// session.
#[derive(Debug, Deserialize)]
pub(crate) struct Saved<'s, S = Box<RawValue>> {
    /// As it waits; nothing where it has ended.
    #[serde(default = "none")]
    pub(crate) state: Option<S>,
    /// What is to be said again, and by which numbers.
    #[serde(default)]
    pub(crate) words: Cow<'s, [Message]>,
    #[serde(default)]
    pub(crate) numbers: Numbers,
    /// How many inputs have come, of a client that numbers them: the number of the last one.
    #[serde(default)]
    pub(crate) inputs: u64,
    /// How many things were done once.
    #[serde(default)]
    pub(crate) done: u64,
    /// Whether it goes on at once: it stands behind a `once`.
    #[serde(default)]
    pub(crate) goes_on: bool,
    /// Its states at the questions before, for `back`.
    #[serde(default)]
    pub(crate) before: Cow<'s, [Box<RawValue>]>,
    /// Whether one can go back to where it is.
    #[serde(default)]
    pub(crate) asks: bool,
    /// When its question's time runs out, and when the first of its timers rings, in milliseconds since 1970.
    #[serde(default)]
    pub(crate) silence: Option<u64>,
    #[serde(default)]
    pub(crate) alarm: Option<u64>,
    /// What it has closed with.
    #[serde(default)]
    pub(crate) ended: Option<(u16, Cow<'s, str>)>,
    #[serde(default)]
    pub(crate) access: Cow<'s, Access>,
}

/// The state of a conversation that is about to be stored.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum State<'s, S> {
    Written(&'s RawValue),
    Value(&'s S),
}

fn none<S>() -> Option<S> {
    None
}

impl Saved<'static> {
    /// What it has closed with, if it has ended.
    pub(crate) fn close(&self) -> Option<Close> {
        self.ended.clone().map(|(code, reason)| Close { code, reason })
    }

    /// What is to be said again.
    pub(crate) fn words(&self) -> Words {
        Words::read(self.words.to_vec(), self.numbers)
    }

    /// Whether its numbers come from counting, so that one can go on counting.
    pub(super) fn is_counted(&self) -> bool {
        let numbers = [self.numbers.last(0), self.inputs, self.done, self.access.epoch];
        numbers.into_iter().all(|number| number < u64::MAX / 2)
    }

    /// How far it is.
    pub(crate) fn progress(&self) -> Progress {
        Progress { inputs: self.inputs, outputs: self.numbers.last(self.words.len()) }
    }

    /// Leaves out what is known to have arrived, up to this number.
    pub(super) fn leave_out(&mut self, last: u64) {
        let mut words = self.words();
        words.arrived(last);
        let (words, numbers) = words.stored();
        (self.words, self.numbers) = (words.to_vec().into(), numbers);
    }
}

/// How far a conversation is: the numbers of the last input and of the last output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) inputs: u64,
    pub(crate) outputs: u64,
}

impl Progress {
    /// Whether something is known here that the other does not know of.
    pub(crate) fn is_ahead_of(self, other: Progress) -> bool {
        self.inputs > other.inputs || self.outputs > other.outputs
    }
}

/// Who may come back to a conversation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Access {
    /// How often a client has come. Who writes with an older number has been replaced.
    pub(crate) epoch: u64,
    /// Of the token that the last one was given.
    pub(crate) token: Option<Hash>,
    /// Of the token that it came with: the new one may not have arrived before it says something.
    pub(crate) previous: Option<Box<Hash>>,
    /// The ticket that was issued last, unless it is used up.
    pub(crate) ticket: Option<Box<Issued>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_nobody_has_counted_are_noticed() {
        let is_counted = |json: &str| serde_json::from_str::<Saved<'_>>(json).expect("it is one").is_counted();
        assert!(is_counted("{}"));
        for number in ["9223372036854775807", "18446744073709551615"] {
            for saved in [r#"{"numbers":{"out":N}}"#, r#"{"inputs":N}"#, r#"{"done":N}"#, r#"{"access":{"epoch":N}}"#] {
                assert!(!is_counted(&saved.replace('N', number)), "{saved}");
            }
        }
    }

    #[test]
    fn what_another_version_wrote_is_read() {
        let saved: Saved<'_> =
            serde_json::from_str(r#"{"state":{"age":{}},"unknown":[1]}"#).expect("the rest has defaults");
        assert_eq!(saved.state.expect("it waits").get(), r#"{"age":{}}"#);
        let counted = r#"{"words":[{"Text":"Name?"}],"numbers":{"out":3,"asked":1,"unknown":0}}"#;
        let saved: Saved<'_> = serde_json::from_str(counted).expect("it is what this one writes, and more");
        assert_eq!(saved.words().behind(0).map(|(number, _)| number).collect::<Vec<_>>(), [1]);
    }
}
