//! A conversation over a socket, from its first word to its close.

mod clocks;
mod events;

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::SystemTime;

use data_encoding::HEXLOWER;

use self::clocks::Clocks;
use self::events::Events;
use crate::close::Close;
use crate::conversation::{Conversation, Input, Slot};
use crate::error::Result;
use crate::hearing::Hearing;
use crate::history::History;
use crate::message::Message;
use crate::socket::{Received, WebSocket};
use crate::talk::{Finish, Outbox, Talk};

/// How many events wait for a question that hears them, before no more are taken from the channel.
const EVENTS: usize = 64;

/// Holds a conversation over `ws`, to its end or until the client leaves.
pub(crate) async fn hold<C: Conversation>(mut ws: WebSocket, hearing: Hearing<C>, with: C::With) {
    let close = match Session::new(&mut ws, hearing, &with).converse().await {
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

struct Session<'s, C: Conversation> {
    ws: &'s mut WebSocket,
    with: &'s C::With,
    slot: Slot<C>,
    history: History<C>,
    id: String,
    /// How many things were done once.
    done: u64,
    clocks: Clocks,
    /// Until when every timer has rung, while the state is one of before.
    rung: Option<SystemTime>,
    events: Events<C::Event>,
}

impl<'s, C: Conversation> Session<'s, C> {
    fn new(ws: &'s mut WebSocket, Hearing { conversation, events }: Hearing<C>, with: &'s C::With) -> Self {
        Session {
            ws,
            with,
            slot: Slot::Start(conversation),
            history: History::new(),
            id: unique_id(),
            done: 0,
            clocks: Clocks::new(),
            rung: None,
            events: Events::new(events),
        }
    }

    async fn converse(mut self) -> Result<Close, Stopped> {
        let mut input = Input::Start;
        loop {
            let offered = matches!(input, Input::Event(_));
            let mut finish = match self.turn(input).await? {
                Turn::Waits(finish) => finish,
                Turn::Closes(close) => return Ok(close),
            };
            if finish.back {
                let Some(before) = self.history.back() else {
                    tracing::error!(conversation = C::FLOW.name, "there is no state to go back to");
                    return Ok(internal());
                };
                self.slot = before;
                self.rung = Some(self.clocks.rung());
                self.events.look_again();
                input = Input::Again;
                continue;
            }
            self.history.remember(&self.slot, &finish);
            match finish.left.take() {
                Some(Input::Event(event)) if offered => self.events.keep(event),
                _ => self.events.look_again(),
            }
            if finish.stored {
                self.done += 1;
                // One that does many things once after another lets others run in between.
                tokio::task::yield_now().await;
                input = Input::Stored;
                continue;
            }
            self.clocks.set(&finish);
            input = self.next().await?;
        }
    }

    /// What comes next: an event that waits, whatever the socket brings, or the first of the clocks.
    async fn next(&mut self) -> Result<Input, Stopped> {
        if let Some(event) = self.events.next_kept() {
            return Ok(Input::Event(event));
        }
        let due = self.clocks.due();
        let (ws, events) = (&mut *self.ws, &mut self.events);
        tokio::select! {
            biased;
            received = ws.receive_until(due) => match received {
                Received::Message(message) => Ok(Input::Reply(message)),
                Received::Silence => Ok(self.clocks.ring()),
                Received::Closed(_) | Received::TooBig { .. } | Received::Failed(_) => Err(Stopped),
            },
            event = events.receive() => Ok(Input::Event(event)),
        }
    }

    async fn turn(&mut self, input: Input) -> Result<Turn, Stopped> {
        let outbox = Outbox::default();
        let mut talk = Talk::new(&outbox, input).at(self.clocks.now()).of(&self.id, self.done);
        if let Some(rung) = self.rung.take() {
            talk = talk.rung(rung);
        }
        let ended = {
            let mut code = pin!(C::turn(&mut self.slot, self.with, &mut talk));
            loop {
                match poll_fn(|cx| step(code.as_mut(), &outbox, cx)).await {
                    // A turn that has begun is ended, even if the client has gone.
                    Step::Said(words) => drop(say(self.ws, words).await),
                    Step::Ended(output) => break output,
                }
            }
        };
        let mut finish = talk.finish();
        let name = C::FLOW.name;
        let Some(output) = ended else {
            tracing::error!(conversation = name, "a turn panicked");
            return Ok(Turn::Closes(internal()));
        };
        if let Some(error) = &finish.error {
            tracing::error!(conversation = name, %error, "what was said cannot be sent");
            return Ok(Turn::Closes(internal()));
        }
        say(self.ws, outbox.take()).await?;
        Ok(match (output, finish.close.take()) {
            (Poll::Ready(_output), _) => Turn::Closes(Close::new(Close::NORMAL, "")),
            (Poll::Pending, Some(close)) => Turn::Closes(close),
            (Poll::Pending, None) => Turn::Waits(finish),
        })
    }
}

/// How a turn ended.
enum Turn {
    Waits(Finish),
    Closes(Close),
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

/// What a conversation is called that is stored nowhere.
fn unique_id() -> String {
    let mut bytes = [0; 16];
    // Without the system's randomness there are no keys of it, and no TLS either.
    getrandom::fill(&mut bytes).expect("the system has randomness");
    HEXLOWER.encode(&bytes)
}
