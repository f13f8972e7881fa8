//! What a socket and its senders do.

use std::future::poll_fn;
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use super::{Batch, Connection, LEAVING, Outgoing, STAYS, Settings, dissolve, wake};
use crate::close::Close;
use crate::link::End;
use crate::message::Message;
use crate::moment::Moment;
use crate::open::Leaves;
use crate::registry::ConnectionId;
use crate::socket::Received;

impl Connection {
    pub(crate) fn id(&self) -> ConnectionId {
        self.lock().id.clone()
    }

    /// Gives the connection another identifier and returns the one it had. `None` if it has ended or is about to.
    pub(crate) fn rename(&self, id: ConnectionId) -> Option<ConnectionId> {
        let mut state = self.lock();
        (!state.is_ending()).then(|| mem::replace(&mut state.id, id))
    }

    pub(crate) fn change(&self, settings: Settings) {
        let driver = {
            let mut state = self.lock();
            let known = state.aside.settings();
            known.limits = settings.limits.or(known.limits);
            known.pings = settings.pings.or(known.pings.take());
            state.driver.clone()
        };
        wake(driver);
    }

    /// Whether it leaves between two turns, so that none begins any more.
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Acquire) != STAYS
    }

    /// The next message, or how the connection ended, or silence where `deadline` has passed. What has come behind that message is
    /// left in `batch`, which is asked first. One that is leaving only ends.
    pub(crate) fn poll_receive(
        &self,
        batch: &mut Batch<Message>,
        deadline: Option<Moment>,
        cx: &mut Context<'_>,
    ) -> Poll<Received> {
        let is_leaving = self.is_leaving();
        if !is_leaving && let Some(message) = batch.pop() {
            self.make_room(&message, cx);
            return Poll::Ready(Received::Message(message));
        }
        let mut state = self.lock();
        let driver = if !is_leaving && !state.inbox.is_empty() {
            *batch = mem::take(&mut state.inbox);
            drop(state);
            return self.poll_receive(batch, deadline, cx);
        } else if let Some(farewell) = state.aside.farewell_mut()
            && let Some(end) = farewell.end.take()
        {
            let (said, kept) = said(end);
            farewell.end = Some(End::Closed(kept));
            return Poll::Ready(said);
        } else if !is_leaving && deadline.is_some_and(|deadline| deadline <= Moment::now()) {
            state.alarm = None;
            return Poll::Ready(Received::Silence);
        } else {
            // Who reads before it is driven for the first time is most likely the driver.
            state.awaits = state.driver.get_or_insert_with(|| cx.waker().clone()).will_wake(cx.waker());
            state.reader = (!state.awaits).then(|| Box::new(cx.waker().clone()));
            let before = mem::replace(&mut state.alarm, deadline);
            if deadline.is_some() && deadline != before { state.driver_beside(cx) } else { None }
        };
        drop(state);
        wake(driver);
        Poll::Pending
    }

    /// Lets more come in the place of a message that was received.
    fn make_room(&self, message: &Message, cx: &Context<'_>) {
        let taken = self.sizes.came(message.len());
        let before = self.held.fetch_sub(taken, Ordering::Relaxed);
        if self.sizes.is_full(before) && !self.sizes.is_full(before - taken) {
            // Whoever drives it has said whom to wake before it looked whether there is room.
            let driver = self.lock().driver_beside(cx);
            wake(driver);
        }
    }

    /// Forgets who waits for a message: whoever still does will say so again.
    pub(crate) fn forget_reader(&self) {
        let mut state = self.lock();
        (state.awaits, state.reader, state.alarm) = (false, None, None);
    }

    /// Whether somebody waits for a message.
    pub(crate) fn is_awaited(&self) -> bool {
        let state = self.lock();
        state.awaits || state.reader.is_some()
    }

    /// Has the reader look around, whether or not a message comes.
    pub(crate) fn tell(&self) {
        let reader = {
            let mut state = self.lock();
            state.told = true;
            let (is_driver, reader) = state.take_reader();
            if is_driver { state.driver.clone() } else { reader }
        };
        wake(reader);
    }

    /// Whether the reader is to look around, as it then does. Who has begun to [receive](Self::poll_receive) is woken.
    pub(crate) fn is_told(&self) -> bool {
        mem::take(&mut self.lock().told)
    }

    /// Has the connection end because its server stops: at once, or as soon as its session waits for the client.
    pub(crate) fn see_off(&self, close: Close) {
        match self.leaves {
            Leaves::AtOnce => self.close(close),
            Leaves::BetweenTurns => {
                let _left = self.leaving.compare_exchange(STAYS, LEAVING, Ordering::AcqRel, Ordering::Relaxed);
                let driver = self.lock().driver.clone();
                wake(driver);
            }
        }
    }

    /// Queues the number of the output that was sent last. It takes no room: there is at most one behind each message.
    pub(crate) async fn number(&self, output: u64) {
        poll_fn(|cx| {
            let mut state = self.lock();
            state.outbox.push(Outgoing::Number(output));
            let driver = state.driver_beside(cx);
            drop(state);
            wake(driver);
            Poll::Ready(())
        })
        .await;
    }

    /// The number of the last output that the peer is known to have got; 0 before that.
    pub(crate) fn heard(&self) -> &AtomicU64 {
        &self.heard
    }

    /// Whether the connection has ended or was told to.
    pub(crate) fn is_closing(&self) -> bool {
        self.lock().aside.farewell().is_some()
    }

    /// Asks for a close; the first to ask is the one whose code and reason are sent.
    pub(crate) fn close(&self, close: Close) {
        let (driver, line) = {
            let mut state = self.lock();
            let (farewell, line) = state.part();
            farewell.close.get_or_insert(close);
            (state.driver.clone(), line)
        };
        wake(driver);
        dissolve(line);
    }

    /// Waits until nothing is left of the connection, which has been asked to close.
    pub(crate) async fn closed(&self) {
        poll_fn(|cx| {
            let mut state = self.lock();
            let (farewell, _) = state.part();
            if farewell.over {
                return Poll::Ready(());
            }
            if !farewell.closers.iter().any(|waker| waker.will_wake(cx.waker())) {
                farewell.closers.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }

    /// Says that nobody will receive any more.
    pub(crate) fn drop_reader(&self) {
        let driver = {
            let mut state = self.lock();
            state.dropped = true;
            state.driver.clone()
        };
        wake(driver);
    }
}

/// What is said of an end when it is first asked for, and what from then on.
fn said(end: End) -> (Received, Close) {
    match end {
        End::Closed(close) => (Received::Closed(close.clone()), close),
        End::TooBig { limit } => (Received::TooBig { limit }, Close::new(Close::TOO_BIG, "")),
        End::Failed(error) => {
            let code = error.close_code();
            (Received::Failed(error), Close::new(code, ""))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;
    use crate::woken::Woken;

    /// Somebody waits for a message.
    fn wait(connection: &Connection, waker: &Waker) {
        let polled = connection.poll_receive(&mut Batch::default(), None, &mut Context::from_waker(waker));
        assert!(polled.is_pending() && connection.is_awaited());
    }

    #[test]
    fn a_reader_beside_the_driver_is_woken_and_one_within_it_told() {
        for is_driven_first in [true, false] {
            let (woken, [driver, beside]) = Woken::some();
            for (reader, looks, times) in [(&driver, true, [0, 0]), (&beside, false, [0, 1])] {
                let connection = Connection::new(ConnectionId::unique());
                if is_driven_first {
                    connection.drive(&driver, 0);
                }
                wait(&connection, reader);
                assert_eq!(connection.drive(&driver, 0).awaits, looks);
                assert_eq!(connection.deliver(Batch::from_iter(["hello".into()])), looks);
                assert!(!connection.is_awaited());
                assert_eq!(woken.each_ref().map(|woken| woken.take()), times);
                connection.drop_reader();
                assert_eq!(woken[0].take(), 1, "the driver is woken in any case");
            }
        }
    }

    #[test]
    fn who_moves_to_another_task_is_woken_there() {
        let (woken, [driver, beside]) = Woken::some();
        let connection = Connection::new(ConnectionId::unique());
        connection.drive(&driver, 0);
        for (reader, times) in [(&driver, [1, 0]), (&beside, [0, 1]), (&driver, [1, 0])] {
            wait(&connection, reader);
            connection.tell();
            assert!(connection.is_told() && !connection.is_awaited());
            assert_eq!(woken.each_ref().map(|woken| woken.take()), times);
        }
    }
}
