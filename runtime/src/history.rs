//! What a conversation was at each question before this one, for `back`.

use std::marker::PhantomData;

use serde_json::value::RawValue;

use crate::amiss::Amiss;
use crate::conversation::{Conversation, Slot};
use crate::secret;
use crate::talk::Finish;

/// The states of a conversation at the questions it has left behind, as they would be stored; nothing is kept of one
/// that never goes back.
pub(crate) struct History<C> {
    past: Option<Box<Past>>,
    conversation: PhantomData<fn() -> C>,
}

#[derive(Default)]
struct Past {
    /// The last one before is the last.
    before: Vec<Box<RawValue>>,
    /// As it waits now.
    here: Option<Box<RawValue>>,
    /// Whether it asks something, so that one can go back to it.
    asks: bool,
}

impl<C: Conversation> History<C> {
    pub(crate) fn new() -> Self {
        History { past: C::BACK.then(Box::default), conversation: PhantomData }
    }

    /// That of a conversation that was stored, as it waits there.
    pub(crate) fn restore(&mut self, before: Vec<Box<RawValue>>, here: Option<Box<RawValue>>, asks: bool) {
        if let Some(past) = &mut self.past {
            **past = Past { before, here, asks };
        }
    }

    /// The states at the questions before, and whether one can go back to where it is.
    pub(crate) fn stored(&self) -> (&[Box<RawValue>], bool) {
        self.past.as_ref().map_or((&[], false), |past| (&past.before, past.asks))
    }

    /// Remembers where a turn has led; `stored` is the state as it is about to be stored, where it is.
    pub(crate) fn remember(&mut self, slot: &Slot<C>, stored: Option<&RawValue>, finish: &Finish) {
        let Some(past) = &mut self.past else { return };
        if finish.stored {
            // What was done once is not undone by going back to before it, nor by going back to the question in whose
            // action that was.
            past.before.clear();
            past.here = None;
            return;
        }
        if let Some(here) = past.here.take().filter(|_| finish.advanced && past.asks) {
            past.before.push(here);
        }
        past.asks = !finish.hears;
        past.here = stored.map(RawValue::to_owned).or_else(|| {
            secret::in_memory(|| serde_json::value::to_raw_value(slot))
                .map_err(Amiss::from)
                .inspect_err(|error| {
                    tracing::error!(conversation = C::FLOW.name, %error, "a state cannot be kept for a `back`");
                })
                .ok()
        });
    }

    /// As it was at the question before this one; nothing where this is the first.
    pub(crate) fn back(&mut self) -> Option<Slot<C>> {
        let past = self.past.as_mut()?;
        while let Some(before) = past.before.pop() {
            match secret::in_memory(|| serde_json::from_str(before.get())).map_err(Amiss::from) {
                Ok(slot) => {
                    past.here = Some(before);
                    past.asks = true;
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
