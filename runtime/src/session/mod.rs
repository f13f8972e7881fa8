//! A conversation under way: over a socket, from its first word to its close, or with nobody there, as far as it gets.
//!
//! A turn is stored before anything that it leads to is said; what it says while it waits for something of its own is said
//! at once. Without a store nothing outlives the socket.

mod clocks;
mod events;
mod greet;
mod kept;
mod turn;

use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::SystemTime;

use self::clocks::Clocks;
use self::events::Events;
pub(crate) use self::greet::greet;
use self::kept::Kept;
use self::turn::{Step, step};
use crate::close::Close;
use crate::conversation::{Conversation, Input, Slot};
use crate::event::Event;
use crate::held::Held;
use crate::history::History;
use crate::message::Message;
use crate::sessions::{Entered, Inner, Saved, Unkept};
use crate::socket::WebSocket;
use crate::store::{Id, Record, StoreError};
use crate::talk::{Finish, Outbox, Talk};
use crate::wire::{Came, Gone, Wire};

/// How many events wait for a question that hears them, before no more are taken from the channel.
const EVENTS: usize = 64;

/// Holds a conversation over `ws`, to its end or until the client leaves. It begins, unless it was `entered` half-way.
pub(crate) async fn hold<C: Conversation>(ws: WebSocket, held: Held<C>, entered: Option<Entered>, with: Arc<C::With>) {
    let numbers = entered.as_ref().is_some_and(|entered| entered.keeper.sessions().trusts_pongs());
    hold_by(Wire::plain(ws, numbers), held, entered, with).await;
}

async fn hold_by<C: Conversation>(mut wire: Wire, held: Held<C>, entered: Option<Entered>, with: Arc<C::With>) {
    let mut session = Session::new(Some(&mut wire), Slot::Start(held.conversation), Events::new(held.events), &with);
    let ending = match entered {
        None => session.converse(Some(Input::Start)).await,
        Some(entered) => session.come_in(entered).await,
    };
    let is_over = matches!(ending, Ending::Closed(_));
    let close = match ending {
        Ending::Left | Ending::Idle => return,
        Ending::Amiss(close) => close,
        Ending::Closed(close) => close.sendable().unwrap_or_else(|error| {
            tracing::error!(conversation = C::FLOW.name, %error, "the conversation's close cannot be sent");
            internal()
        }),
        Ending::Broken => internal(),
        Ending::Unkept(Unkept::Taken | Unkept::Moved) => {
            Close::new(Close::REPLACED, "another connection has taken its place")
        }
        Ending::Unkept(Unkept::Late) => Close::new(Close::RESTART, "it has begun elsewhere: connect again"),
        Ending::Unkept(Unkept::Left(why)) => Close::new(Close::RESTART, why),
        Ending::Unkept(Unkept::Unavailable) => Close::new(Close::TRY_AGAIN, "try again later"),
        Ending::Unkept(Unkept::Refused) => internal(),
    };
    let kept = session.kept.take();
    drop(session);
    let ws = wire.socket();
    ws.leave(close);
    if let Some(kept) = kept.filter(|_| is_over) {
        kept.forget_if_heard(ws).await;
    }
}

/// Begins a conversation that nobody is connected to, and goes on as far as it gets. Returns what it is called.
pub(crate) async fn begin<C: Conversation>(
    sessions: &Arc<Inner>,
    held: Held<C>,
    with: Arc<C::With>,
) -> Result<Id, StoreError> {
    let mut session = Session::new(None, Slot::Start(held.conversation), Events::new(held.events), &with);
    match session.start(Arc::clone(sessions), held.key).await {
        Ok(id) => Ok(id),
        Err(Ending::Unkept(Unkept::Taken | Unkept::Moved | Unkept::Late)) => Err(StoreError::Conflict),
        Err(Ending::Unkept(Unkept::Unavailable)) => Err(StoreError::Unavailable("it did not answer in time".into())),
        Err(_) => Err(StoreError::Fatal("the conversation could not begin".into())),
    }
}

/// Goes on with a conversation that nobody is connected to, as far as it gets.
pub(crate) async fn go_on<C: Conversation>(sessions: Arc<Inner>, record: Record, with: Arc<C::With>) {
    let id = record.id;
    let mut session = Session::<C>::new(None, Slot::Over, Events::new(None), &with);
    match session.wake(sessions, record).await {
        // Whoever is quicker has done it.
        Ending::Unkept(Unkept::Taken | Unkept::Moved | Unkept::Left(_))
        | Ending::Idle
        | Ending::Closed(_)
        | Ending::Left => {}
        Ending::Broken | Ending::Amiss(_) | Ending::Unkept(_) => {
            tracing::error!(conversation = C::FLOW.name, %id, "a conversation that nobody is connected to cannot go on");
        }
    }
}

/// Why a session is over.
enum Ending {
    /// The conversation is.
    Closed(Close),
    /// The client has gone: there is nobody left to talk to.
    Left,
    /// The client does not keep to what was agreed upon.
    Amiss(Close),
    /// Nothing is to be done while nobody is there.
    Idle,
    /// Its code has panicked, or made what cannot be said. What is stored stands.
    Broken,
    /// It cannot be stored by this session.
    Unkept(Unkept),
}

struct Session<'s, C: Conversation> {
    /// Nothing where nobody is there.
    wire: Option<&'s mut Wire>,
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
    /// What was said and not yet heard, and how much of that was said early.
    words: Vec<Message>,
    early: usize,
    /// What it has closed with, where it has.
    ended: Option<Close>,
    kept: Option<Kept>,
    /// What was stored and cannot be read.
    outdated: Option<Saved<'static>>,
}

impl<'s, C: Conversation> Session<'s, C> {
    fn new(wire: Option<&'s mut Wire>, slot: Slot<C>, events: Events<C::Event>, with: &'s C::With) -> Self {
        Session {
            wire,
            with,
            slot,
            history: History::new(),
            id: String::new(),
            done: 0,
            clocks: Clocks::new(),
            rung: None,
            events,
            words: Vec::new(),
            early: 0,
            ended: None,
            kept: None,
            outdated: None,
        }
    }

    /// Runs turns, the first of them by `input`, until it is over.
    async fn converse(&mut self, mut input: Option<Input>) -> Ending {
        if self.id.is_empty() {
            self.id = Id::random().to_string();
        }
        let mut reply = None;
        loop {
            input = match self.go_on(input, &mut reply).await {
                Err(Ending::Unkept(Unkept::Moved)) if self.wire.is_some() => match self.catch_up(reply.take()).await {
                    Ok(input) => input,
                    Err(ending) => return ending,
                },
                Ok(input) => input,
                Err(ending) => return ending,
            };
        }
    }

    /// A turn, by `input` or by what comes next. Of a reply to a conversation that is stored a copy is left in `reply`.
    async fn go_on(&mut self, input: Option<Input>, reply: &mut Option<Message>) -> Result<Option<Input>, Ending> {
        *reply = None;
        let input = match input {
            Some(input) => input,
            None => self.next().await?,
        };
        if let (Input::Reply(message), Some(_)) = (&input, &self.kept) {
            *reply = Some(message.clone());
        }
        self.begin(&input);
        self.take_turn(input).await
    }

    /// One turn, and what follows from it at once.
    async fn take_turn(&mut self, input: Input) -> Result<Option<Input>, Ending> {
        let offered = matches!(input, Input::Event(_));
        let (mut finish, close) = self.turn(input).await?;
        if finish.back && close.is_none() {
            if let Some(before) = self.history.back() {
                self.slot = before;
                self.rung = Some(self.clocks.rung(&finish));
            }
            self.events.look_again();
            self.leave_words_behind();
            return Ok(Some(Input::Again));
        }
        let state = self.state().map_err(Ending::Unkept)?;
        if close.is_none() {
            self.history.remember(&self.slot, state.as_deref(), &finish);
        }
        match finish.left.take() {
            Some(Input::Event(event)) if offered => self.events.keep(event),
            _ => self.events.look_again(),
        }
        let stored = finish.stored;
        match stored {
            true => self.done += 1,
            false => self.clocks.set(&finish),
        }
        crash_point!("turn before the write");
        self.keep(state, finish, close.as_ref()).await.map_err(Ending::Unkept)?;
        crash_point!("turn behind the write");
        self.acknowledge().await?;
        self.speak().await?;
        crash_point!("turn behind its words");
        match close {
            Some(close) => Err(Ending::Closed(close)),
            None if stored => {
                // One that does many things once after another lets others run in between.
                tokio::task::yield_now().await;
                Ok(Some(Input::Stored))
            }
            None => Ok(None),
        }
    }

    /// What comes next: an event that waits, whatever the socket brings, or the first of the clocks.
    async fn next(&mut self) -> Result<Input, Ending> {
        loop {
            if let Some(event) = self.events.next_kept() {
                return Ok(Input::Event(event));
            }
            let due = self.clocks.due();
            let Some(wire) = &mut self.wire else {
                // With nobody there, only what is due by now is done.
                return match due {
                    Some(due) if due <= tokio::time::Instant::now() => Ok(self.clocks.ring()),
                    _ => Err(Ending::Idle),
                };
            };
            tokio::select! {
                biased;
                came = wire.receive_until(due) => return match came {
                    Came::Reply(message) => Ok(Input::Reply(message)),
                    Came::Silence => Ok(self.clocks.ring()),
                    Came::Left => Err(Ending::Left),
                    Came::Amiss(close) => Err(Ending::Amiss(close)),
                },
                () = kept::told(self.kept.as_ref()) => self.look().await.map_err(Ending::Unkept)?,
                event = self.events.receive() => match &self.kept {
                    None => return Ok(Input::Event(Event::new(event))),
                    Some(kept) => {
                        let stored = kept.pack(&event);
                        if !kept.push(stored).await {
                            return Ok(Input::Event(Event::new(event)));
                        }
                        self.look().await.map_err(Ending::Unkept)?;
                    }
                },
            }
        }
    }

    /// Runs the conversation's code until it waits or ends.
    async fn turn(&mut self, input: Input) -> Result<(Finish, Option<Close>), Ending> {
        let outbox = Outbox::default();
        let mut talk = Talk::new(&outbox, input).at(self.clocks.now()).of(&self.id, self.done);
        if let Some(rung) = self.rung.take() {
            talk = talk.rung(rung);
        }
        let ended = {
            let mut code = pin!(C::turn(&mut self.slot, self.with, &mut talk));
            loop {
                match step(&mut code, &outbox).await {
                    Step::Said(words) => {
                        let said = match &mut self.wire {
                            Some(wire) => wire.say_early(&words).await,
                            None => false,
                        };
                        self.words.extend(words);
                        if said {
                            self.early = self.words.len();
                        }
                    }
                    Step::Ended(output) => break output,
                }
            }
        };
        let mut finish = talk.finish();
        let name = C::FLOW.name;
        let Some(output) = ended else {
            tracing::error!(conversation = name, "a turn panicked");
            return Err(Ending::Broken);
        };
        if let Some(error) = &finish.error {
            tracing::error!(conversation = name, %error, "what was said cannot be sent");
            return Err(Ending::Broken);
        }
        match self.words.is_empty() {
            true => self.words = outbox.take(),
            false => self.words.append(&mut outbox.take()),
        }
        let close = match output {
            Poll::Ready(_output) => Some(Close::new(Close::NORMAL, "")),
            Poll::Pending => finish.close.take(),
        };
        Ok((finish, close))
    }

    /// Says what may be said now.
    async fn speak(&mut self) -> Result<(), Ending> {
        let words = std::mem::take(&mut self.words);
        let early = std::mem::take(&mut self.early);
        if words.is_empty() {
            return Ok(());
        }
        let last = self.kept.as_ref().map_or(words.len() as u64, Kept::out);
        let first = last + 1 - words.len() as u64;
        self.say((first..).zip(words).skip(early)).await
    }
}

impl From<Gone> for Ending {
    fn from(_: Gone) -> Self {
        Ending::Left
    }
}

fn internal() -> Close {
    Close::new(Close::INTERNAL, "")
}
