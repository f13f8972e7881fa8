//! What a turn says, until it is stored and has been said.

use crate::message::Message;
use crate::sessions::surplus;

/// What a turn says, with those that have led to it at once.
#[derive(Default)]
pub(super) struct Said {
    /// What is still to be stored and heard, and how much of that was said early.
    pub(super) words: Vec<Message>,
    pub(super) early: usize,
    /// How many were said before these, and need not be said again.
    pub(super) forgotten: u64,
    /// How much had been said before.
    pub(super) before: u64,
}

impl Said {
    /// What the turn has said so far, which it may not have done with for days: where its client was told at once, only what
    /// may have to be said again is kept.
    pub(super) fn add(&mut self, words: Vec<Message>, is_told: bool) {
        self.words.extend(words);
        if is_told {
            let gone = surplus(&self.words);
            self.words.drain(..gone);
            self.forgotten += gone as u64;
            self.early = self.words.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_that_talks_for_days_keeps_what_is_said_again() {
        let mut said = Said::default();
        for number in 0..1000 {
            said.add(vec![number.to_string().into(), "tick".into()], true);
            assert!(said.words.len() <= 64 && said.early == said.words.len());
            assert_eq!(said.forgotten as usize + said.words.len(), 2 * (number + 1));
        }
        said.add(vec!["x".repeat(100_000).into()], true);
        assert_eq!((said.words.len(), said.forgotten), (1, 2000));
        for _ in 0..1000 {
            said.add(vec!["nobody was told".into()], false);
        }
        assert_eq!((said.words.len(), said.early), (1001, 1));
    }
}
