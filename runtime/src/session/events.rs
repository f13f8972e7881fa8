//! The events of a conversation: those that come, and those that wait for a question which hears them.

use std::collections::VecDeque;
use std::future::pending;

use tokio::sync::mpsc::Receiver;

use super::EVENTS;
use crate::event::Event;

pub(super) struct Events<E> {
    channel: Option<Receiver<E>>,
    /// In the order in which they came.
    kept: VecDeque<Event>,
    /// How many of them this question has left.
    left: usize,
}

impl<E: Send + 'static> Events<E> {
    pub(super) fn new(channel: Option<Receiver<E>>) -> Self {
        Events { channel, kept: VecDeque::new(), left: 0 }
    }

    /// Keeps the event that was offered last, which was for nobody.
    pub(super) fn keep(&mut self, event: Event) {
        self.kept.insert(self.left, event);
        self.left += 1;
    }

    /// Offers all that are kept once more: the conversation has gone on.
    pub(super) fn look_again(&mut self) {
        self.left = 0;
    }

    /// The next of those that are kept which this question has not left yet.
    pub(super) fn next_kept(&mut self) -> Option<Event> {
        self.kept.remove(self.left)
    }

    /// The next that comes through the channel; never one where there is none, or too many wait already.
    ///
    /// This can be dropped half-way without losing an event.
    pub(super) async fn receive(&mut self) -> Event {
        match &mut self.channel {
            Some(channel) if self.kept.len() < EVENTS => match channel.recv().await {
                Some(event) => Event::new(event),
                None => pending().await,
            },
            _ => pending().await,
        }
    }
}
