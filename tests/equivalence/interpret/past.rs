//! What came in so far, for `back`: what a conversation was at a question is what it is when it hears once more, from its
//! beginning, all that it had heard until then.

use crate::transcript::Input;

#[derive(Default)]
pub(super) struct Past {
    /// Each with when that was.
    heard: Vec<(Heard, u64)>,
    /// How much of it this round has heard.
    at: usize,
    /// How much had been heard at each question that was left behind, and where it waits now.
    before: Vec<usize>,
    here: Option<usize>,
    /// Whether something is asked there.
    asks: bool,
    /// Until when timers have rung, where it is about to go back.
    rung: Option<u64>,
    /// The visit that waits or waited last, and how many there were.
    waiting: usize,
    visits: usize,
    /// How many times another visit waited than before.
    changes: usize,
}

#[derive(Clone, PartialEq)]
pub(super) enum Heard {
    Client(Input),
    /// A timer rings: that of an `on` of the conversation at a depth.
    Timer(usize, usize),
    /// The question is asked again, since the conversation has gone back to it. Until then timers have rung.
    Again(u64),
}

impl Past {
    /// A fresh visit of a question.
    pub(super) fn visit(&mut self) -> usize {
        self.visits += 1;
        self.visits
    }

    /// Whether no other question has waited since this visit did.
    pub(super) fn is_waiting(&self, visit: usize) -> bool {
        self.waiting == visit
    }

    pub(super) fn changes(&self) -> usize {
        self.changes
    }

    /// A visit waits. If it is another than before, that one's question is left behind: a `hear` is none.
    pub(super) fn wait(&mut self, visit: usize, asks: bool) {
        let here = self.here.replace(self.at);
        self.before.extend(here.filter(|_| self.waiting != visit && self.asks));
        self.changes += usize::from(self.waiting != visit);
        (self.waiting, self.asks) = (visit, asks);
    }

    /// Nothing goes back to before this.
    pub(super) fn forget(&mut self) {
        self.before.clear();
        self.here = None;
    }

    /// What was heard here in an earlier round, and when; and whether nothing after it was.
    pub(super) fn next(&mut self) -> Option<(Heard, u64, bool)> {
        let (heard, when) = self.heard.get(self.at)?.clone();
        self.at += 1;
        Some((heard, when, self.at == self.heard.len()))
    }

    pub(super) fn hear(&mut self, heard: Heard, now: u64) {
        self.heard.push((heard, now));
        self.at += 1;
    }

    /// Until when timers have rung, for a `back` that goes back now.
    pub(super) fn goes_back(&mut self, rung: u64) {
        self.rung.get_or_insert(rung);
    }

    /// Whether no question was left behind, so that there is none to go back to.
    pub(super) fn is_first(&self) -> bool {
        self.before.is_empty()
    }

    /// Begins another round, up to the question that was left last, which is asked again.
    pub(super) fn back(&mut self, now: u64) {
        let before = self.before.pop().expect("it is not the first");
        let mut heard = std::mem::take(&mut self.heard);
        heard.truncate(before);
        heard.push((Heard::Again(self.rung.expect("the question said so")), now));
        *self = Past { heard, ..Past::default() };
    }
}
