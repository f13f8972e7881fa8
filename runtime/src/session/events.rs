//! The events of a conversation: those that come, and those that wait for a question which hears them.

use std::collections::VecDeque;
use std::task::{Context, Poll, ready};

use tokio::sync::mpsc::Receiver;

use super::EVENTS;
use crate::event::Event;
use crate::store::EventId;

pub(super) struct Events<E> {
    channel: Option<Receiver<E>>,
    /// Nothing where none has come.
    come: Option<Box<Come>>,
}

/// Those that have come.
#[derive(Default)]
struct Come {
    /// In the order in which they came.
    kept: VecDeque<Kept>,
    /// How many of them this question has left.
    left: usize,
    /// What the event is called that is being offered.
    offered: Option<EventId>,
    /// Events in the store that nobody can read.
    passed: Vec<EventId>,
    /// Those that others may read, who have the keys to them.
    others: Vec<EventId>,
}

struct Kept {
    /// What it is called in the store, if it is there.
    id: Option<EventId>,
    event: Event,
}

impl<E: Send + 'static> Events<E> {
    pub(super) fn new(channel: Option<Receiver<E>>) -> Self {
        Events { channel, come: None }
    }

    fn come(&mut self) -> &mut Come {
        self.come.get_or_insert_default()
    }

    /// Keeps the event that was offered last, which was for nobody.
    pub(super) fn keep(&mut self, event: Event) {
        let come = self.come();
        come.kept.insert(come.left, Kept { id: come.offered.take(), event });
        come.left += 1;
    }

    /// Offers all that are kept once more: the conversation has gone on.
    pub(super) fn look_again(&mut self) {
        if let Some(come) = &mut self.come {
            come.left = 0;
        }
    }

    /// The next of those that are kept which this question has not left yet.
    pub(super) fn next_kept(&mut self) -> Option<Event> {
        let come = self.come.as_mut()?;
        let Kept { id, event } = come.kept.remove(come.left)?;
        come.offered = id;
        Some(event)
    }

    /// What of the store's events is done with.
    pub(super) fn heard(&self) -> Vec<EventId> {
        let Some(come) = &self.come else { return Vec::new() };
        come.offered.iter().chain(&come.passed).cloned().collect()
    }

    /// That was stored.
    pub(super) fn forget_heard(&mut self) {
        if let Some(come) = &mut self.come {
            come.offered = None;
            come.passed.clear();
        }
    }

    /// Has one done away with that cannot be read, or left where it is if it may be `for_others`.
    pub(super) fn pass_over(&mut self, id: EventId, for_others: bool) {
        let come = self.come();
        if for_others { come.others.push(id) } else { come.passed.push(id) }
    }

    /// Puts one behind the others that was found in the store.
    pub(super) fn add(&mut self, id: EventId, event: Event) {
        self.come().kept.push_back(Kept { id: Some(id), event });
    }

    pub(super) fn knows(&self, id: &EventId) -> bool {
        self.come.as_ref().is_some_and(|come| {
            let kept = come.kept.iter().filter_map(|kept| kept.id.as_ref());
            kept.chain(&come.offered).chain(&come.passed).chain(&come.others).any(|known| known == id)
        })
    }

    /// Forgets what came from the store, which has it still.
    pub(super) fn forget_stored(&mut self) {
        if let Some(come) = &mut self.come {
            come.kept.retain(|kept| kept.id.is_none());
            (come.left, come.offered) = (0, None);
            come.passed.clear();
            come.others.clear();
        }
    }

    /// The next that comes through the channel; never one where there is none, or too many wait already.
    pub(super) fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<E> {
        let is_full = self.come.as_ref().is_some_and(|come| come.kept.len() >= EVENTS);
        let Some(channel) = self.channel.as_mut().filter(|_| !is_full) else { return Poll::Pending };
        match ready!(channel.poll_recv(cx)) {
            Some(event) => Poll::Ready(event),
            None => {
                self.channel = None; // Nobody is left who could send one.
                Poll::Pending
            }
        }
    }
}
