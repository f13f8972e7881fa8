//! A message on its way into the outbox, which waits in a line where there is no room for it.

use std::pin::Pin;
use std::sync::MutexGuard;
use std::task::{Context, Poll};

use super::{Connection, Outgoing, State, wake};
use crate::close::Close;
use crate::error::Error;
use crate::line::Spot;
use crate::message::Message;
use crate::observe;
use crate::queues::WhenFull;

/// Done as soon as the message is queued, or nothing can be sent any more. Who drops it before sends nothing, and leaves the line.
pub(crate) struct Sending<'c> {
    connection: &'c Connection,
    /// Until it is done.
    message: Option<Message>,
    spot: Option<Spot>,
}

impl Connection {
    /// Queues a message, as soon as there is room; or what else becomes of it where there is none.
    pub(crate) fn send(&self, message: Message) -> Sending<'_> {
        Sending { connection: self, message: Some(message), spot: None }
    }
}

impl Future for Sending<'_> {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(message) = &self.message else { return Poll::Ready(Ok(())) };
        let connection = self.connection;
        let mut state = connection.lock();
        if state.aside.farewell().is_some() {
            return Poll::Ready(Err(Error::closed()));
        }
        let said = state.said + connection.sizes.said(message.len());
        if said > connection.sizes.room() || !state.aside.is_turn_of(self.spot) {
            return self.be_too_much(state, cx);
        }
        state.said = said;
        if let Some(message) = self.message.take() {
            state.outbox.push(Outgoing::Message(message));
        }
        let next = self.spot.take().and_then(|spot| state.aside.leave(spot));
        let driver = state.driver_beside(cx);
        drop(state);
        wake(driver);
        // For the next one there may be room, too.
        wake(next);
        Poll::Ready(Ok(()))
    }
}

impl Sending<'_> {
    /// Waits for room, or what else becomes of it.
    #[cold]
    fn be_too_much(&mut self, mut state: MutexGuard<'_, State>, cx: &Context<'_>) -> Poll<Result<(), Error>> {
        match self.connection.when_full {
            WhenFull::Wait => {
                self.spot = Some(state.aside.wait(self.spot, cx.waker()));
                Poll::Pending
            }
            // Whether the client does not read is known once the link could have taken what is there.
            _ if !state.aside.is_stuck() => {
                self.spot = Some(state.aside.wait(self.spot, cx.waker()));
                let driver = state.driver_beside(cx);
                drop(state);
                wake(driver);
                Poll::Pending
            }
            WhenFull::Drop => {
                observe::dropped();
                Poll::Ready(Ok(()))
            }
            WhenFull::Close => {
                drop(state);
                self.connection.close(Close::new(Close::TRY_AGAIN, "what was said is not read"));
                Poll::Ready(Err(Error::closed()))
            }
        }
    }
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        if let Some(spot) = self.spot {
            let next = self.connection.lock().aside.leave(spot);
            wake(next);
        }
    }
}
