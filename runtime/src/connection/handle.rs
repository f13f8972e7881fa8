//! What a socket and its senders do.

use std::future::poll_fn;
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::sync::TryAcquireError;
use tokio::time::Instant;

use super::{Connection, Outgoing, Settings, pop, push, wake};
use crate::close::Close;
use crate::error::Error;
use crate::link::End;
use crate::message::Message;
use crate::observe;
use crate::open::Leaves;
use crate::queues::WhenFull;
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
            let known = state.settings.get_or_insert_default();
            known.limits = settings.limits.or(known.limits);
            known.pings = settings.pings.or(known.pings.take());
            state.driver.clone()
        };
        wake(driver);
    }

    /// The next message, or how the connection ended, or silence where `deadline` has passed.
    pub(crate) fn poll_receive(&self, cx: &mut Context<'_>, deadline: Option<Instant>) -> Poll<Received> {
        let mut state = self.lock();
        let driver = if let Some(message) = pop(&mut state.inbox) {
            let full = self.queues.is_full(state.held);
            state.held -= self.queues.came(message.len());
            let driver = if full { state.driver_beside(cx) } else { None };
            drop(state);
            wake(driver);
            return Poll::Ready(Received::Message(message));
        } else if let Some(end) = state.end.take() {
            let (said, kept) = said(*end);
            state.end = Some(Box::new(End::Closed(kept)));
            return Poll::Ready(said);
        } else if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            state.alarm = None;
            return Poll::Ready(Received::Silence);
        } else {
            match &mut state.reader {
                Some(reader) => reader.clone_from(cx.waker()),
                none => *none = Some(cx.waker().clone()),
            }
            let before = mem::replace(&mut state.alarm, deadline);
            if deadline.is_some() && deadline != before { state.driver_beside(cx) } else { None }
        };
        drop(state);
        wake(driver);
        Poll::Pending
    }

    /// Forgets who waits for a message: whoever still does will say so again.
    pub(crate) fn forget_reader(&self) {
        let mut state = self.lock();
        (state.reader, state.alarm) = (None, None);
    }

    /// Whether somebody waits for a message.
    pub(crate) fn is_awaited(&self) -> bool {
        self.lock().reader.is_some()
    }

    /// Has the reader look around, whether or not a message comes.
    pub(crate) fn tell(&self) {
        let reader = {
            let mut state = self.lock();
            state.told = true;
            state.reader.take()
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
                self.is_leaving.store(true, Ordering::Release);
                let driver = self.lock().driver.clone();
                wake(driver);
            }
        }
    }

    /// Queues a message, as soon as there is room; or what else becomes of it where there is none.
    pub(crate) async fn send(&self, message: Message) -> Result<(), Error> {
        let cost = u32::try_from(self.queues.said(message.len())).expect("a queue is smaller than 4 GiB");
        let room = match (self.room.try_acquire_many(cost), self.queues.when_full) {
            // Nobody overtakes those who wait: as long as there are some, there is no room.
            (Err(TryAcquireError::NoPermits), WhenFull::Wait) => self.room.acquire_many(cost).await.ok(),
            (Err(TryAcquireError::NoPermits), WhenFull::Drop) => {
                observe::dropped();
                return Ok(());
            }
            (Err(TryAcquireError::NoPermits), WhenFull::Close) => {
                self.close(Close::new(Close::TRY_AGAIN, "what was said is not read"));
                None
            }
            (tried, _) => tried.ok(),
        };
        room.ok_or_else(Error::closed)?.forget(); // The driver gives it back.
        self.queue(Outgoing::Message(message)).await;
        Ok(())
    }

    /// Queues the number of the output that was sent last. It takes no room: there is at most one behind each message.
    pub(crate) async fn number(&self, output: u64) {
        self.queue(Outgoing::Number(output)).await;
    }

    async fn queue(&self, outgoing: Outgoing) {
        let mut outgoing = Some(outgoing);
        poll_fn(|cx| {
            let mut state = self.lock();
            if let Some(outgoing) = outgoing.take() {
                push(&mut state.outbox, outgoing);
            }
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
        let state = self.lock();
        state.over || state.end.is_some() || state.close.is_some()
    }

    /// Asks for a close; the first to ask is the one whose code and reason are sent.
    pub(crate) fn close(&self, close: Close) {
        self.room.close();
        let driver = {
            let mut state = self.lock();
            state.close.get_or_insert_with(|| Box::new(close));
            state.driver.clone()
        };
        wake(driver);
    }

    /// Waits until nothing is left of the connection.
    pub(crate) async fn closed(&self) {
        poll_fn(|cx| {
            let mut state = self.lock();
            if state.over {
                return Poll::Ready(());
            }
            if !state.closers.iter().any(|waker| waker.will_wake(cx.waker())) {
                state.closers.push(cx.waker().clone());
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
