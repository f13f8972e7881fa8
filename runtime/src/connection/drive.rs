//! What the task does that drives the connection.

use std::mem;
use std::sync::atomic::Ordering;
use std::task::Waker;

use super::{Batch, Connection, LEAVING, LEFT, Outgoing, Settings, State, dissolve, wake};
use crate::close::Close;
use crate::link::End;
use crate::message::Message;
use crate::moment::Moment;
use crate::queues::{Sizes, WhenFull};

/// What the handles of a connection want of its driver. Whoever wants more from then on wakes it.
pub(crate) struct Wants {
    /// What is to be written, of no more bytes than these, and whether there is more.
    pub(crate) outbox: Batch<Outgoing>,
    pub(crate) bytes: usize,
    pub(crate) is_all: bool,
    /// When the reader wants to be woken in any case.
    pub(crate) alarm: Option<Moment>,
    /// Whether the driver's own alarm has woken it.
    pub(crate) has_rung: bool,
    /// Whether there is room for a message, or none needed, as there is no reader.
    pub(crate) has_room: bool,
    pub(crate) has_reader: bool,
    /// Whether the driving task itself waits for a message.
    pub(crate) awaits: bool,
    /// Whether there are [changes](Connection::changes), and a [close](Connection::asked_close) that is asked for.
    pub(crate) has_changes: bool,
    pub(crate) closes: bool,
}

impl Connection {
    /// Notes whom to wake when a handle wants something, and returns what they want by now. There is room for so many bytes of what
    /// is to be written.
    pub(crate) fn drive(&self, waker: &Waker, room: usize) -> Wants {
        let mut state = self.lock();
        state.be_driven_by(waker);
        if state.dropped {
            let (farewell, line) = state.part();
            farewell.close.get_or_insert_with(|| Close::new(Close::NORMAL, ""));
            drop(state);
            dissolve(line);
            state = self.lock();
        }
        let (outbox, bytes) = state.take_outbox(room, self.sizes);
        let sender = match bytes {
            0 if self.when_full == WhenFull::Wait => None,
            0 => state.be_stuck(),
            _ => {
                state.aside.go_on();
                state.aside.first()
            }
        };
        let wants = Wants {
            outbox,
            bytes,
            is_all: state.outbox.is_empty(),
            alarm: state.alarm,
            has_rung: mem::take(&mut state.has_rung),
            has_room: state.dropped || !self.sizes.is_full(self.held.load(Ordering::Relaxed)),
            has_reader: !state.dropped,
            awaits: state.awaits,
            has_changes: state.aside.has_changes(),
            closes: state.aside.farewell().is_some_and(|farewell| farewell.close.is_some()),
        };
        drop(state);
        wake(sender);
        wants
    }

    /// Takes what the handles have changed.
    pub(crate) fn changes(&self) -> Option<Settings> {
        self.lock().aside.take_settings()
    }

    /// The close that is asked for behind everything that is to be written, by a handle or, where no reader is left, by there
    /// being none.
    pub(crate) fn asked_close(&self) -> Option<Close> {
        self.lock().aside.farewell()?.close.clone()
    }

    /// Puts a message that has come behind others, to be [delivered](Self::deliver) with them. Whether there is room for one more.
    #[inline]
    pub(crate) fn take_in(&self, came: &mut Batch<Message>, message: Message) -> bool {
        let taken = self.sizes.came(message.len());
        came.push(message);
        !self.sizes.is_full(self.held.fetch_add(taken, Ordering::Relaxed) + taken)
    }

    /// Hands to the reader what has come. Whether the driving task itself has to look at it.
    #[inline]
    pub(crate) fn deliver(&self, came: Batch<Message>) -> bool {
        !came.is_empty() && self.hand_over(came)
    }

    fn hand_over(&self, came: Batch<Message>) -> bool {
        let mut state = self.lock();
        if state.dropped {
            return false;
        }
        state.inbox.append(came);
        let (looks, reader) = state.take_reader();
        drop(state);
        wake(reader);
        looks
    }

    /// Notes that the peer has got everything up to the output of this number.
    pub(crate) fn note_heard(&self, output: u64) {
        self.heard.fetch_max(output, Ordering::Release);
    }

    /// Tells the reader how the connection ended. Nothing can be sent any more.
    pub(crate) fn end(&self, end: End) -> bool {
        let mut state = self.lock();
        let (farewell, line) = state.part();
        farewell.end.get_or_insert(end);
        let (looks, reader) = state.take_reader();
        drop(state);
        dissolve(line);
        wake(reader);
        looks
    }

    /// Wakes the reader if its time is over.
    pub(crate) fn tick(&self, now: Moment) -> bool {
        let mut state = self.lock();
        if state.alarm.is_none_or(|alarm| now < alarm) {
            return false;
        }
        let (looks, reader) = state.take_reader();
        drop(state);
        wake(reader);
        looks
    }

    /// The driver's alarm has come.
    pub(crate) fn ring(&self) {
        let driver = {
            let mut state = self.lock();
            state.has_rung = true;
            state.driver.clone()
        };
        wake(driver);
    }

    /// Whether it is to leave as soon as its session waits for the client, and has not yet.
    pub(crate) fn has_yet_to_leave(&self) -> bool {
        self.leaving.load(Ordering::Acquire) == LEAVING
    }

    /// Does.
    pub(crate) fn leave(&self, close: Close) {
        self.leaving.store(LEFT, Ordering::Release);
        self.close(close);
    }

    /// Has it be one of the open connections no longer. Whether it has been until now.
    pub(crate) fn lose_place(&self) -> bool {
        !self.is_out.swap(true, Ordering::Relaxed)
    }

    pub(crate) fn is_ending(&self) -> bool {
        self.lock().is_ending()
    }

    /// Notes that nothing is left. Whether the driving task itself was waiting for it.
    pub(crate) fn over(&self) -> bool {
        let mut state = self.lock();
        let (farewell, line) = state.part();
        farewell.over = true;
        farewell.end.get_or_insert_with(|| End::Closed(Close::new(Close::ABNORMAL, "")));
        let (mut closers, unsaid) = (mem::take(&mut farewell.closers), mem::take(&mut state.outbox));
        let all = closers.len();
        closers.retain(|closer| !state.is_driven_by(closer));
        let (looks, reader) = state.take_reader();
        let closes = closers.len() < all;
        drop(state);
        drop(unsaid);
        dissolve(line);
        closers.into_iter().chain(reader).for_each(Waker::wake);
        looks || closes
    }
}

impl State {
    /// Whoever has been taken for the driver and is not reads in a task of its own.
    fn be_driven_by(&mut self, waker: &Waker) {
        if !self.is_driven_by(waker)
            && let Some(before) = self.driver.replace(waker.clone())
            && mem::take(&mut self.awaits)
        {
            self.reader = Some(Box::new(before));
        }
    }

    /// Notes that the link takes nothing, where there is something. Who waits to know that, if it is news.
    #[cold]
    fn be_stuck(&mut self) -> Option<Waker> {
        let is_news = !self.outbox.is_empty() && self.aside.be_stuck();
        if is_news { self.aside.first() } else { None }
    }

    /// Takes what is to be written first, for which there is room for so many bytes, and makes room for more. How many it has.
    fn take_outbox(&mut self, room: usize, sizes: Sizes) -> (Batch<Outgoing>, usize) {
        if self.outbox.is_empty() {
            return (Batch::default(), 0);
        }
        let (mut many, mut bytes) = (0, 0);
        for next in self.outbox.iter() {
            if bytes >= room {
                break;
            }
            (many, bytes) = (many + 1, bytes + next.bytes());
            self.said -= next.room(sizes);
        }
        (self.outbox.take_first(many), bytes)
    }
}
