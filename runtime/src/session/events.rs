//! The events of a conversation: those that come, and those that wait for a question which hears them.

use std::collections::VecDeque;
use std::task::{Context, Poll, ready};

use tokio::sync::mpsc::Receiver;

use super::EVENTS;
use crate::event::Event;
use crate::store::EventId;

pub(super) struct Events<E> {
    channel: Option<Receiver<E>>,
    /// In the order in which they came.
    kept: VecDeque<Kept>,
    /// How many of them this question has left.
    left: usize,
    /// What the event is called that is being offered.
    offered: Option<EventId>,
    /// Events in the store that nobody can read.
    passed: Vec<EventId>,
}

struct Kept {
    /// What it is called in the store, if it is there.
    id: Option<EventId>,
    event: Event,
}

impl<E: Send + 'static> Events<E> {
    pub(super) fn new(channel: Option<Receiver<E>>) -> Self {
        Events { channel, kept: VecDeque::new(), left: 0, offered: None, passed: Vec::new() }
    }

    /// Keeps the event that was offered last, which was for nobody.
    pub(super) fn keep(&mut self, event: Event) {
        self.kept.insert(self.left, Kept { id: self.offered.take(), event });
        self.left += 1;
    }

    /// Offers all that are kept once more: the conversation has gone on.
    pub(super) fn look_again(&mut self) {
        self.left = 0;
    }

    /// The next of those that are kept which this question has not left yet.
    pub(super) fn next_kept(&mut self) -> Option<Event> {
        let Kept { id, event } = self.kept.remove(self.left)?;
        self.offered = id;
        Some(event)
    }

    /// What of the store's events is done with.
    pub(super) fn heard(&self) -> Vec<EventId> {
        self.offered.iter().chain(&self.passed).cloned().collect()
    }

    /// That was stored.
    pub(super) fn forget_heard(&mut self) {
        self.offered = None;
        self.passed.clear();
    }

    /// Has one done away with that nobody can read.
    pub(super) fn pass_over(&mut self, id: EventId) {
        self.passed.push(id);
    }

    /// Puts one behind the others that was found in the store.
    pub(super) fn add(&mut self, id: EventId, event: Event) {
        self.kept.push_back(Kept { id: Some(id), event });
    }

    pub(super) fn knows(&self, id: &EventId) -> bool {
        let kept = self.kept.iter().filter_map(|kept| kept.id.as_ref());
        kept.chain(&self.offered).chain(&self.passed).any(|known| known == id)
    }

    /// Forgets what came from the store, which has it still.
    pub(super) fn forget_stored(&mut self) {
        self.kept.retain(|kept| kept.id.is_none());
        (self.left, self.offered) = (0, None);
        self.passed.clear();
    }

    /// The next that comes through the channel; never one where there is none, or too many wait already.
    pub(super) fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<E> {
        let Some(channel) = self.channel.as_mut().filter(|_| self.kept.len() < EVENTS) else { return Poll::Pending };
        match ready!(channel.poll_recv(cx)) {
            Some(event) => Poll::Ready(event),
            None => {
                self.channel = None; // Nobody is left who could send one.
                Poll::Pending
            }
        }
    }
}
