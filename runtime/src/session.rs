//! A conversation over a socket, from its first word to its close.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use tokio::time::Instant;

use crate::close::Close;
use crate::conversation::{Clock, Conversation, Finish, Input, Outbox, Slot, Talk};
use crate::error::Result;
use crate::message::Message;
use crate::socket::{Received, WebSocket};

/// Holds `conversation` over `ws`, to its end or until the client leaves.
pub(crate) async fn hold<C: Conversation>(mut ws: WebSocket, conversation: C, with: C::With) {
    let close = match converse(&mut ws, conversation, &with).await {
        Ok(close) => close.sendable().unwrap_or_else(|error| {
            tracing::error!(conversation = C::FLOW.name, %error, "the conversation's close cannot be sent");
            internal()
        }),
        Err(Stopped) => return,
    };
    ws.leave(close);
}

/// The client has gone: there is nobody left to talk to.
struct Stopped;

async fn converse<C: Conversation>(ws: &mut WebSocket, conversation: C, with: &C::With) -> Result<Close, Stopped> {
    let mut slot = Slot::Start(conversation);
    let mut input = Input::Start;
    let mut deadline = None;
    loop {
        let clock = match turn(ws, &mut slot, with, input).await? {
            Turn::Waits(clock) => clock,
            Turn::Closes(close) => return Ok(close),
        };
        match clock {
            Clock::Within(time) => deadline = Instant::now().checked_add(time),
            Clock::Unlimited => deadline = None,
            Clock::Unchanged => {}
        }
        input = match ws.receive_until(deadline).await {
            Received::Message(message) => Input::Reply(message),
            Received::Silence => {
                deadline = None; // It has run out, and must not do so again.
                Input::Silence
            }
            Received::Closed(_) | Received::TooBig { .. } | Received::Failed(_) => return Err(Stopped),
        };
    }
}

/// How a turn ended.
enum Turn {
    Waits(Clock),
    Closes(Close),
}

async fn turn<C: Conversation>(
    ws: &WebSocket,
    slot: &mut Slot<C>,
    with: &C::With,
    input: Input,
) -> Result<Turn, Stopped> {
    let outbox = Outbox::default();
    let mut talk = Talk::new(&outbox, input);
    let ended = {
        let mut code = pin!(C::turn(slot, with, &mut talk));
        loop {
            match poll_fn(|cx| step(code.as_mut(), &outbox, cx)).await {
                // A turn that has begun is ended, even if the client has gone.
                Step::Said(words) => drop(say(ws, words).await),
                Step::Ended(output) => break output,
            }
        }
    };
    let Finish { clock, close, error } = talk.finish();
    let name = C::FLOW.name;
    let Some(output) = ended else {
        tracing::error!(conversation = name, "a turn panicked");
        return Ok(Turn::Closes(internal()));
    };
    if let Some(error) = error {
        tracing::error!(conversation = name, %error, "what was said cannot be sent");
        return Ok(Turn::Closes(internal()));
    }
    say(ws, outbox.take()).await?;
    Ok(match (output, close) {
        (Poll::Ready(_output), _) => Turn::Closes(Close::new(Close::NORMAL, "")),
        (Poll::Pending, Some(close)) => Turn::Closes(close),
        (Poll::Pending, None) => Turn::Waits(clock),
    })
}

/// What a running turn came to.
enum Step<T> {
    /// It waits for something of its own; what it has said so far need not.
    Said(Vec<Message>),
    /// It is done; with nothing if it panicked.
    Ended(Option<T>),
}

fn step<T>(code: Pin<&mut impl Future<Output = T>>, outbox: &Outbox, cx: &mut Context<'_>) -> Poll<Step<T>> {
    match catch_unwind(AssertUnwindSafe(|| code.poll(cx))) {
        Ok(Poll::Ready(output)) => Poll::Ready(Step::Ended(Some(output))),
        Err(_panic) => Poll::Ready(Step::Ended(None)),
        Ok(Poll::Pending) => match outbox.take() {
            words if words.is_empty() => Poll::Pending,
            words => Poll::Ready(Step::Said(words)),
        },
    }
}

async fn say(ws: &WebSocket, words: Vec<Message>) -> Result<(), Stopped> {
    for message in words {
        ws.send(message).await.map_err(|_closed| Stopped)?;
    }
    Ok(())
}

fn internal() -> Close {
    Close::new(Close::INTERNAL, "")
}
