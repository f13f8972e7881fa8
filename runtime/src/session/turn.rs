//! One turn: it runs to its end, and what it says before it waits for something of its own can leave early.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::message::Message;
use crate::talk::Outbox;

/// What a running turn came to.
pub(super) enum Step<T> {
    /// It waits for something of its own; what it has said so far need not.
    Said(Vec<Message>),
    /// It is done; with nothing if it panicked.
    Ended(Option<T>),
}

/// Runs a turn until it has something to say, or is done.
pub(super) async fn step<T>(code: &mut Pin<&mut impl Future<Output = T>>, outbox: &Outbox) -> Step<T> {
    poll_fn(|cx| poll_step(code.as_mut(), outbox, cx)).await
}

fn poll_step<T>(code: Pin<&mut impl Future<Output = T>>, outbox: &Outbox, cx: &mut Context<'_>) -> Poll<Step<T>> {
    match catch_unwind(AssertUnwindSafe(|| code.poll(cx))) {
        Ok(Poll::Ready(output)) => Poll::Ready(Step::Ended(Some(output))),
        Err(_panic) => Poll::Ready(Step::Ended(None)),
        Ok(Poll::Pending) => match outbox.take() {
            words if words.is_empty() => Poll::Pending,
            words => Poll::Ready(Step::Said(words)),
        },
    }
}
