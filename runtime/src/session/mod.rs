//! A conversation under way: over a socket, from its first word to its close, or with nobody there, as far as it gets.
//!
//! A turn is stored before anything that it leads to is said; what it says while it waits for something of its own is said
//! at once. Without a store nothing outlives the socket.

mod clocks;
mod ending;
mod events;
mod greet;
mod kept;
mod said;
mod seen;
mod things;
mod turn;

use std::future::poll_fn;
use std::mem;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use serde_json::value::RawValue;
use tracing::Instrument;

use self::clocks::Clocks;
use self::ending::Ending;
use self::events::Events;
pub(crate) use self::greet::greet;
use self::kept::Kept;
use self::said::Said;
use self::things::Things;
use self::turn::{Step, step};
use crate::aside::Aside;
use crate::close::Close;
use crate::conversation::{Conversation, Input, Slot};
use crate::event::Event;
use crate::held::Held;
use crate::history::History;
use crate::moment::Moment;
use crate::observe::{self, Outcome};
use crate::once::Onces;
use crate::pinned::pinned;
use crate::sessions::{Entered, Inner, Unkept};
use crate::socket::WebSocket;
use crate::store::{Id, Record, StoreError};
use crate::talk::{Clock, Finish, Outbox, Talk};
use crate::wire::{Came, Wire};

/// How many events wait for a question that hears them, before no more are taken from the channel.
const EVENTS: usize = 64;

/// Holds a conversation over `ws`, to its end or until the client leaves. It begins, unless it was `entered` half-way.
///
/// What a turn needs while it runs is in a box of its own, which goes with it: between two turns, for days if need be, there
/// is the session and no more. Hence also the boxes that come in.
pub(crate) fn hold<C: Conversation>(
    ws: WebSocket,
    held: Box<Held<C>>,
    entered: Option<Box<Entered>>,
    with: Arc<C::With>,
) -> impl Future<Output = ()> + Send {
    let numbers = entered.as_ref().is_some_and(|entered| entered.keeper.sessions().trusts_pongs());
    hold_by(Wire::plain(ws, numbers), held, entered, with)
}

/// No `async fn`, which would have a second place for each of these.
fn hold_by<C: Conversation>(
    wire: Wire,
    held: Box<Held<C>>,
    entered: Option<Box<Entered>>,
    with: Arc<C::With>,
) -> impl Future<Output = ()> + Send {
    let mut session = Session::of(held, wire, with);
    session.aside.things().first = Some(match entered {
        None => Woken::By(Input::Start),
        Some(entered) => Woken::In(entered),
    });
    async move {
        let ending = session.converse().await;
        pinned(|| session.end(ending)).await;
    }
}

/// Begins a conversation that nobody is connected to, and goes on as far as it gets. Returns what it is called.
pub(crate) async fn begin<C: Conversation>(
    sessions: &Arc<Inner>,
    held: Held<C>,
    with: Arc<C::With>,
) -> Result<Id, StoreError> {
    let mut session = Session::new(None, Slot::Start(held.conversation), Events::new(held.events), with);
    match session.start(Arc::clone(sessions), held.key).await {
        Ok(id) => Ok(id),
        Err(Ending::Unkept(Unkept::Taken | Unkept::Moved | Unkept::Late)) => Err(StoreError::Conflict),
        Err(Ending::Unkept(Unkept::Unavailable)) => Err(StoreError::Unavailable("it has not taken it in time".into())),
        Err(_) => Err(StoreError::Fatal("the conversation could not begin".into())),
    }
}

/// Goes on with a conversation that nobody is connected to, as far as it gets.
pub(crate) async fn go_on<C: Conversation>(sessions: Arc<Inner>, record: Record, with: Arc<C::With>) {
    let id = record.id;
    let mut session = Session::<C>::new(None, Slot::Over, Events::new(None), with);
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

struct Session<C: Conversation> {
    /// Nothing where nobody is there.
    wire: Option<Wire>,
    with: Arc<C::With>,
    slot: Slot<C>,
    history: History<C>,
    /// What it is called where it is not stored; nothing before anything has asked.
    name: Option<Box<Id>>,
    /// How many things were done once.
    done: u64,
    clocks: Clocks,
    events: Events<C::Event>,
    kept: Option<Kept>,
    aside: Aside<Things<C::Event>>,
}

/// What a session that waits is woken by.
enum Woken<E> {
    By(Input),
    /// Its client has come in.
    In(Box<Entered>),
    /// What the client has said before: it does not know that this is stored.
    Repeated,
    /// There may be something new in the store.
    Told,
    /// An event of this process, that is stored with the others where that can be.
    Event(E),
}

/// Where a turn has led.
#[derive(Clone, Copy, Default)]
struct Led {
    /// The question that it waited at is behind it.
    left_behind: bool,
    /// It has asked something.
    asks: bool,
    /// It goes on as soon as that is stored.
    goes_on: bool,
}

impl<C: Conversation> Session<C> {
    fn new(wire: Option<Wire>, slot: Slot<C>, events: Events<C::Event>, with: Arc<C::With>) -> Self {
        Session {
            wire,
            with,
            slot,
            history: History::new(),
            name: None,
            done: 0,
            clocks: Clocks::new(),
            events,
            kept: None,
            aside: Aside::default(),
        }
    }

    #[expect(clippy::boxed_local, reason = "it comes in a box, which ends here and not with the session")]
    fn of(held: Box<Held<C>>, wire: Wire, with: Arc<C::With>) -> Self {
        let Held { conversation, events, .. } = *held;
        Session::new(Some(wire), Slot::Start(conversation), Events::new(events), with)
    }

    /// Goes on with `input` and whatever comes after it, until it is over.
    async fn go_on(&mut self, input: Option<Input>) -> Ending {
        self.come_next(input);
        self.converse().await
    }

    /// Has it be woken by this next, if by anything.
    fn come_next(&mut self, input: Option<Input>) {
        if let Some(input) = input {
            self.aside.things().first = Some(Woken::By(input));
        }
    }

    /// Goes on with whatever comes, until it is over.
    #[expect(clippy::manual_async_fn, reason = "it would have a second place for `self`, in each session that waits")]
    fn converse(&mut self) -> impl Future<Output = Ending> + Send {
        async move {
            let mut waiting = observe::Waiting::new();
            loop {
                let woken = match poll_fn(|cx| self.poll_next(cx)).await {
                    Ok(woken) => woken,
                    Err(ending) => return ending,
                };
                if let Err(ending) = waiting.leave(self.attend(woken)).await {
                    return ending;
                }
                if self.wire.is_some() {
                    waiting.at(C::FLOW.name, self.question().map(|question| question.name));
                }
            }
        }
    }

    /// In a box: it is gone by when the session waits again, and what is rare is not in that of each turn.
    fn attend(&mut self, woken: Woken<C::Event>) -> Pin<Box<dyn Future<Output = Result<(), Ending>> + Send + '_>> {
        match woken {
            Woken::By(input) => pinned(|| self.advance(input)),
            woken => pinned(|| async move {
                match self.look_into(woken).await? {
                    Some(input) => self.attend(Woken::By(input)).await,
                    None => Ok(()),
                }
            }),
        }
    }

    /// What it goes on with, if with anything.
    async fn look_into(&mut self, woken: Woken<C::Event>) -> Result<Option<Input>, Ending> {
        match (woken, &self.kept) {
            (Woken::By(input), _) => Ok(Some(input)),
            (Woken::In(entered), _) => self.come_in(entered).await,
            (Woken::Repeated, _) => self.acknowledge().await.map(|()| None),
            (Woken::Told, _) => self.look_up().await,
            (Woken::Event(event), None) => Ok(Some(Input::Event(Event::new(event)))),
            (Woken::Event(event), Some(kept)) => {
                let stored = kept.pack(&event);
                match kept.push(stored).await {
                    true => self.look_up().await,
                    false => Ok(Some(Input::Event(Event::new(event)))),
                }
            }
        }
    }

    /// Looks into the store for what others have put there; what it goes on with if they have gone on with it.
    async fn look_up(&mut self) -> Result<Option<Input>, Ending> {
        match self.look().await {
            Err(Unkept::Moved) if self.wire.is_some() => Box::pin(self.catch_up(None)).await,
            looked => looked.map(|()| None).map_err(Ending::Unkept),
        }
    }

    /// Runs turns, the first of them by `first`, until there is nothing to do at once.
    ///
    /// No `async fn`, which would have a second place for the input; and what is only needed ahead of a turn is gone by then.
    fn advance(&mut self, first: Input) -> impl Future<Output = Result<(), Ending>> + Send {
        let mut input = Some(first);
        async move {
            let mut said = self.said();
            loop {
                // Should another process have been faster, it may still count.
                let reply = match (&input, &self.kept) {
                    (Some(Input::Reply(message)), Some(_)) => Some(message.clone()),
                    _ => None,
                };
                let taken = {
                    let Some(next) = input.take() else { return Ok(()) };
                    self.begin(&next, &mut said);
                    let span = self.span(&next);
                    self.take_turn(next, &mut said).instrument(span)
                };
                input = match taken.await {
                    Err(Ending::Unkept(Unkept::Moved)) if self.wire.is_some() => {
                        let input = Box::pin(self.catch_up(reply)).await?;
                        said = self.said();
                        input
                    }
                    taken => taken?,
                };
            }
        }
    }

    /// One turn, and what follows from it at once.
    async fn take_turn(&mut self, input: Input, said: &mut Said) -> Result<Option<Input>, Ending> {
        let offered = matches!(input, Input::Event(_));
        let (turn, question) = (observe::Turn::begin(C::FLOW.name), self.question());
        let (is_reply, is_silence) = (matches!(input, Input::Reply(_)), matches!(input, Input::Silence));
        let mut finish = self.turn(input, said).await?;
        let close = finish.close.take();
        if finish.back && close.is_none() {
            self.go_back(&finish, said);
            return Ok(Some(Input::Again));
        }
        let state = self.state().map_err(Ending::Unkept)?;
        let led = self.follow(&mut finish, state.as_deref(), offered, close.is_some());
        crash_point!("turn before the write");
        self.keep(state.as_deref(), led, close.as_ref(), said).await.map_err(Ending::Unkept)?;
        crash_point!("turn behind the write");
        turn.end();
        match (is_reply, led.left_behind) {
            (true, true) => self.observe(question, Outcome::Answered),
            (true, false) => self.observe(question, Outcome::Refused),
            (false, _) if is_silence => self.observe(question, Outcome::Silent),
            (false, _) => {}
        }
        if led.asks {
            self.observe(self.question(), Outcome::Asked);
        }
        self.acknowledge().await?;
        self.speak(said).await?;
        crash_point!("turn behind its words");
        match close {
            Some(close) => Err(Ending::Closed(close)),
            None if led.goes_on => {
                // One that does many things once after another lets others run in between.
                tokio::task::yield_now().await;
                Ok(Some(Input::Stored))
            }
            None => Ok(None),
        }
    }

    /// Stands where it was at the question before, if there was one.
    fn go_back(&mut self, finish: &Finish, said: &Said) {
        if let Some(before) = self.history.back() {
            self.slot = before;
            self.aside.things().rung = Some(self.clocks.rung(finish));
        }
        self.events.look_again();
        self.leave_words_behind(said);
    }

    /// Stands where a turn has led; `written` is the state, where it was needed as text.
    fn follow(&mut self, finish: &mut Finish, written: Option<&RawValue>, offered: bool, is_over: bool) -> Led {
        if !is_over {
            self.history.remember(&self.slot, written, finish);
        }
        match finish.left.take() {
            Some(Input::Event(event)) if offered => self.events.keep(event),
            _ => self.events.look_again(),
        }
        match finish.stored {
            true => self.done += 1,
            false => self.clocks.set(finish),
        }
        Led {
            left_behind: finish.advanced || is_over,
            asks: !finish.stored && finish.clock != Clock::Unchanged,
            goes_on: finish.stored,
        }
    }

    /// What comes next: an event that waits, whatever the socket brings, or the first of the clocks.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Woken<C::Event>, Ending>> {
        if let Some(first) = self.aside.take(|things| &mut things.first) {
            return Poll::Ready(Ok(first));
        }
        // Whoever goes on with it hears what has come, and there is no hurry.
        let is_leaving = self.wire.as_mut().is_some_and(|wire| wire.socket().connection().is_leaving());
        if !is_leaving && let Some(event) = self.events.next_kept() {
            return Poll::Ready(Ok(Woken::By(Input::Event(event))));
        }
        let due = self.clocks.due();
        let Some(wire) = &mut self.wire else {
            // With nobody there, only what is due by now is done.
            return Poll::Ready(match due {
                Some(due) if due <= Moment::now() => Ok(Woken::By(self.clocks.ring())),
                _ => Err(Ending::Idle),
            });
        };
        if let Poll::Ready(came) = wire.poll_receive(due, cx) {
            return Poll::Ready(match came {
                Came::Reply(message) => Ok(Woken::By(Input::Reply(message))),
                Came::Silence => Ok(Woken::By(self.clocks.ring())),
                Came::Repeated => Ok(Woken::Repeated),
                Came::Left => Err(Ending::Left),
                Came::Amiss(close) => Err(Ending::Amiss(close)),
            });
        }
        if is_leaving {
            return Poll::Pending;
        }
        if self.kept.as_ref().is_some_and(Kept::is_told) {
            return Poll::Ready(Ok(Woken::Told));
        }
        self.events.poll_receive(cx).map(|event| Ok(Woken::Event(event)))
    }

    /// Runs the conversation's code until it waits or ends.
    async fn turn(&mut self, input: Input, said: &mut Said) -> Result<Finish, Ending> {
        let outbox = Outbox::default();
        let id = self.id().unwrap_or_else(|| **self.name.insert(Box::new(Id::random())));
        let mut talk = Talk::new(&outbox, input);
        talk.now = Some(self.clocks.now());
        talk.rung = self.aside.take(|things| &mut things.rung).map(SystemTime::from);
        talk.onces = Onces { id: &id, done: self.done };
        let ended = {
            let mut code = pin!(C::turn(&mut self.slot, &self.with, &mut talk));
            loop {
                match step(&mut code, &outbox).await {
                    Step::Said(words) => {
                        let is_told = match &mut self.wire {
                            Some(wire) => Box::pin(wire.say_early(&words)).await,
                            None => true, // There is nobody.
                        };
                        said.add(words, is_told);
                    }
                    Step::Ended(output) => break output,
                }
            }
        };
        let mut finish = talk.finish();
        let Some(output) = ended else { return Err(self.broken("a turn panicked", None)) };
        if let Some(error) = &finish.error {
            return Err(self.broken("what was said cannot be sent", Some(error)));
        }
        match said.words.is_empty() {
            true => said.words = outbox.take(),
            false => said.words.append(&mut outbox.take()),
        }
        if output.is_ready() {
            finish.close = Some(Close::new(Close::NORMAL, ""));
        }
        Ok(finish)
    }

    /// Closes the socket as that deserves.
    async fn end(&mut self, ending: Ending) {
        let is_over = matches!(ending, Ending::Closed(_));
        if matches!(ending, Ending::Left) {
            self.observe(self.question(), Outcome::Abandoned);
        }
        let Some(close) = ending.close(C::FLOW.name) else { return };
        self.events = Events::new(None);
        let kept = self.kept.take();
        let Some(wire) = &mut self.wire else { return };
        wire.socket().leave(close);
        if let Some(kept) = kept.filter(|_| is_over) {
            kept.forget_if_heard(wire.socket()).await;
        }
    }

    /// Says what may be said now.
    async fn speak(&mut self, said: &mut Said) -> Result<(), Ending> {
        let words = mem::take(&mut said.words);
        let early = mem::take(&mut said.early);
        said.forgotten = 0;
        if words.is_empty() {
            return Ok(());
        }
        let last = self.kept.as_ref().map_or(words.len() as u64, Kept::out);
        let first = last + 1 - words.len() as u64;
        self.say((first..).zip(words).skip(early)).await
    }
}
