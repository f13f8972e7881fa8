//! What the task does that drives the connection.

use std::mem;
use std::task::{Context, Waker};

use tokio::time::Instant;

use super::{Connection, Outgoing, Settings, wake_or_look};
use crate::close::Close;
use crate::limits;
use crate::link::Event;
use crate::message::Message;

impl Connection {
    /// Notes whom to wake when a handle wants something, and returns what handles have changed since the last call.
    pub(crate) fn drive(&self, waker: &Waker) -> Settings {
        let mut state = self.lock();
        match &mut state.driver {
            Some(driver) => driver.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        mem::take(&mut state.settings)
    }

    pub(crate) fn has_room(&self) -> bool {
        let state = self.lock();
        // Without a reader messages are thrown away: what counts is that the peer's close is seen.
        state.dropped || !state.is_full()
    }

    /// Hands a message to the reader. Whether the driving task itself has to look at it.
    pub(crate) fn deliver(&self, message: Message, cx: &Context<'_>) -> bool {
        let mut state = self.lock();
        if state.dropped {
            return false;
        }
        state.held += limits::cost(message.len());
        state.inbox.push_back(message);
        state.wake_reader(cx)
    }

    /// Tells the reader how the connection ended. Nothing can be sent any more.
    pub(crate) fn end(&self, end: Event, cx: &Context<'_>) -> bool {
        self.room.close();
        let mut state = self.lock();
        state.end.get_or_insert(end);
        state.wake_reader(cx)
    }

    /// Wakes the reader if its time is over.
    pub(crate) fn tick(&self, now: Instant, cx: &Context<'_>) -> bool {
        let mut state = self.lock();
        state.alarm.is_some_and(|alarm| alarm <= now) && state.wake_reader(cx)
    }

    pub(crate) fn alarm(&self) -> Option<Instant> {
        self.lock().alarm
    }

    /// What is to be written next.
    pub(crate) fn next_to_write(&self) -> Option<Outgoing> {
        let outgoing = self.lock().outbox.pop_front()?;
        if let Outgoing::Message(message) = &outgoing {
            self.room.add_permits(limits::cost(message.len()));
        }
        Some(outgoing)
    }

    /// Whether there is something to write, or a close, for the link.
    pub(crate) fn has_outgoing(&self) -> bool {
        let state = self.lock();
        !state.outbox.is_empty() || state.close.is_some() || state.dropped
    }

    /// The close that is asked for, by a handle or, where no reader is left, by there being none.
    pub(crate) fn close_wanted(&self) -> Option<Close> {
        let mut state = self.lock();
        if state.dropped && state.close.is_none() {
            self.room.close();
            state.close = Some(Close::new(Close::NORMAL, ""));
        }
        state.close.clone()
    }

    pub(crate) fn is_ending(&self) -> bool {
        self.lock().is_ending()
    }

    /// Notes that nothing is left. Whether the driving task itself was waiting for it.
    pub(crate) fn over(&self, cx: Option<&Context<'_>>) -> bool {
        self.room.close();
        let mut state = self.lock();
        state.over = true;
        state.end.get_or_insert(Event::Closed(Close::new(Close::ABNORMAL, "")));
        state.outbox.clear();
        let mut own = false;
        for waker in mem::take(&mut state.closers).into_iter().chain(state.reader.take()) {
            own |= wake_or_look(waker, cx);
        }
        own
    }
}
