//! What a conversation was at each question before this one, for `back`.

use std::marker::PhantomData;

use serde_json::value::RawValue;

use crate::conversation::{Conversation, Slot};
use crate::secret;
use crate::talk::Finish;

/// The states of a conversation at the questions it has left behind, as they would be stored; nothing is kept of one
/// that never goes back.
pub(crate) struct History<C> {
    /// The last one before is the last.
    pub(crate) before: Vec<Box<RawValue>>,
    /// As it waits now.
    here: Option<Box<RawValue>>,
    /// Whether it asks something, so that one can go back to it.
    pub(crate) asks: bool,
    conversation: PhantomData<fn() -> C>,
}

impl<C: Conversation> History<C> {
    pub(crate) fn new() -> Self {
        History { before: Vec::new(), here: None, asks: false, conversation: PhantomData }
    }

    /// That of a conversation that was stored, as it waits there.
    pub(crate) fn restore(&mut self, before: Vec<Box<RawValue>>, here: Option<Box<RawValue>>, asks: bool) {
        if C::BACK {
            (self.before, self.here, self.asks) = (before, here, asks);
        }
    }

    /// Remembers where a turn has led; `stored` is the state as it is about to be stored, where it is.
    pub(crate) fn remember(&mut self, slot: &Slot<C>, stored: Option<&RawValue>, finish: &Finish) {
        if !C::BACK {
            return;
        }
        if finish.stored {
            // What was done once is not undone by going back to before it, nor by going back to the question in whose
            // action that was.
            self.before.clear();
            self.here = None;
            return;
        }
        if let Some(here) = self.here.take().filter(|_| finish.advanced && self.asks) {
            self.before.push(here);
        }
        self.asks = !finish.hears;
        self.here = stored.map(RawValue::to_owned).or_else(|| {
            secret::in_memory(|| serde_json::value::to_raw_value(slot))
                .inspect_err(|error| {
                    tracing::error!(conversation = C::FLOW.name, %error, "a state cannot be kept for a `back`");
                })
                .ok()
        });
    }

    /// As it was at the question before this one; nothing where this is the first.
    pub(crate) fn back(&mut self) -> Option<Slot<C>> {
        while let Some(before) = self.before.pop() {
            match secret::in_memory(|| serde_json::from_str(before.get())) {
                Ok(slot) => {
                    self.here = Some(before);
                    self.asks = true;
                    return Some(slot);
                }
                // Another build has left it, and asked something that this one does not.
                Err(error) => {
                    tracing::warn!(conversation = C::FLOW.name, %error, "a `back` leads past what cannot be read")
                }
            }
        }
        None
    }
}
