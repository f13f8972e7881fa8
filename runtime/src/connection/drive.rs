//! What the task does that drives the connection.

use std::collections::VecDeque;
use std::mem;
use std::sync::atomic::Ordering;
use std::task::{Context, Waker};

use tokio::time::Instant;

use super::{Connection, Outgoing, Settings, push, shrink, wake_or_look};
use crate::close::Close;
use crate::link::End;
use crate::message::Message;

/// What the handles of a connection want of its driver. Whoever wants more from then on wakes it.
pub(crate) struct Wants {
    /// What they have changed.
    pub(crate) settings: Option<Box<Settings>>,
    /// Whether there is something to write.
    pub(crate) speaks: bool,
    /// The close that is asked for, by a handle or, where no reader is left, by there being none.
    pub(crate) close: Option<Box<Close>>,
    /// When the reader wants to be woken in any case.
    pub(crate) alarm: Option<Instant>,
    /// Whether there is room for a message.
    pub(crate) has_room: bool,
}

impl Connection {
    /// Notes whom to wake when a handle wants something, and returns what they want by now.
    pub(crate) fn drive(&self, waker: &Waker) -> Wants {
        let mut state = self.lock();
        match &mut state.driver {
            Some(driver) => driver.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        if state.dropped && state.close.is_none() {
            self.room.close();
            state.close = Some(Box::new(Close::new(Close::NORMAL, "")));
        }
        Wants {
            settings: state.settings.take(),
            speaks: !state.outbox.is_empty(),
            close: state.close.clone(),
            alarm: state.alarm,
            has_room: state.has_room(&self.queues),
        }
    }

    /// Hands a message to the reader. Whether the driving task itself has to look at it, and whether there is room for another.
    pub(crate) fn deliver(&self, message: Message, cx: &Context<'_>) -> (bool, bool) {
        let mut state = self.lock();
        if state.dropped {
            return (false, true);
        }
        state.held += self.queues.came(message.len());
        push(&mut state.inbox, message);
        (state.wake_reader(cx), state.has_room(&self.queues))
    }

    /// Notes that the peer has got everything up to the output of this number.
    pub(crate) fn note_heard(&self, output: u64) {
        self.heard.fetch_max(output, Ordering::Release);
    }

    /// Tells the reader how the connection ended. Nothing can be sent any more.
    pub(crate) fn end(&self, end: End, cx: &Context<'_>) -> bool {
        self.room.close();
        let mut state = self.lock();
        state.end.get_or_insert_with(|| Box::new(end));
        state.wake_reader(cx)
    }

    /// Wakes the reader if its time is over.
    pub(crate) fn tick(&self, now: Instant, cx: &Context<'_>) -> bool {
        let mut state = self.lock();
        state.alarm.is_some_and(|alarm| alarm <= now) && state.wake_reader(cx)
    }

    /// Takes what is to be written. What of it is not, and the room of the others, is [given back](Self::give_back) by the
    /// caller.
    pub(crate) fn take_outbox(&self) -> VecDeque<Outgoing> {
        mem::take(&mut self.lock().outbox)
    }

    /// Puts what was not written ahead of what has been said since, and makes room for more. Whether nothing is to be written.
    pub(crate) fn give_back(&self, mut left: VecDeque<Outgoing>, room: usize) -> bool {
        shrink(&mut left);
        let mut state = self.lock();
        left.append(&mut state.outbox);
        state.outbox = left;
        let is_all = state.outbox.is_empty();
        drop(state);
        self.room.add_permits(room);
        is_all
    }

    /// Whether it is to leave as soon as its session waits for the client.
    pub(crate) fn is_leaving(&self) -> bool {
        self.is_leaving.load(Ordering::Acquire)
    }

    /// Does.
    pub(crate) fn leave(&self, close: Close) {
        self.is_leaving.store(false, Ordering::Release);
        self.close(close);
    }

    pub(crate) fn is_ending(&self) -> bool {
        self.lock().is_ending()
    }

    /// Notes that nothing is left. Whether the driving task itself was waiting for it.
    pub(crate) fn over(&self, cx: Option<&Context<'_>>) -> bool {
        self.room.close();
        let mut state = self.lock();
        state.over = true;
        state.end.get_or_insert_with(|| Box::new(End::Closed(Close::new(Close::ABNORMAL, ""))));
        state.outbox.clear();
        let mut own = false;
        for waker in mem::take(&mut state.closers).into_iter().chain(state.reader.take()) {
            own |= wake_or_look(waker, cx);
        }
        own
    }
}
