//! What the handles of a connection share with the task that drives it: two bounded queues, and who waits for what.
//!
//! The lock is held for a few instructions and never over an await. Where a handle is polled by the driving task
//! itself, nobody is woken: that task looks again before it sleeps.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::close::Close;
use crate::error::Error;
use crate::keepalive::PingPolicy;
use crate::limits::{self, Limits};
use crate::link::Event;
use crate::message::Message;
use crate::registry::ConnectionId;
use crate::socket::Received;

/// A connection, as its handles see it.
#[derive(Debug)]
pub(crate) struct Connection {
    state: Mutex<State>,
    /// Room in the outbox, in bytes; closed as soon as nothing may be sent any more.
    room: Semaphore,
}

#[derive(Debug)]
struct State {
    id: ConnectionId,
    inbox: VecDeque<Message>,
    /// What the inbox's messages count for.
    held: usize,
    outbox: VecDeque<Message>,
    /// How the connection ended; said behind the inbox's last message.
    end: Option<Event>,
    /// The close that this side asks for.
    close: Option<Close>,
    /// The socket was dropped, and with it the only reader.
    dropped: bool,
    /// Nothing is left: no task, no I/O.
    over: bool,
    /// Changes that the driver has yet to make.
    settings: Settings,
    reader: Option<Waker>,
    /// When the reader wants to be woken in any case.
    alarm: Option<Instant>,
    closers: Vec<Waker>,
    driver: Option<Waker>,
}

/// What a handle can change while the connection runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) limits: Option<Limits>,
    pub(crate) pings: Option<PingPolicy>,
}

impl Connection {
    pub(crate) fn new(id: ConnectionId, settings: Settings) -> Self {
        let state = State {
            id,
            inbox: VecDeque::new(),
            held: 0,
            outbox: VecDeque::new(),
            end: None,
            close: None,
            dropped: false,
            over: false,
            settings,
            reader: None,
            alarm: None,
            closers: Vec::new(),
            driver: None,
        };
        Connection { state: Mutex::new(state), room: Semaphore::new(limits::QUEUE) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For the handles.
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
            let known = &mut state.settings;
            known.limits = settings.limits.or(known.limits);
            known.pings = settings.pings.or(known.pings.take());
            state.driver.clone()
        };
        wake(driver);
    }

    /// The next message, or how the connection ended, or silence where `deadline` has passed.
    pub(crate) fn poll_receive(&self, cx: &mut Context<'_>, deadline: Option<Instant>) -> Poll<Received> {
        let mut state = self.lock();
        let driver = if let Some(message) = state.inbox.pop_front() {
            let full = state.is_full();
            state.held -= limits::cost(message.len());
            let driver = if full { state.driver_beside(cx) } else { None };
            drop(state);
            wake(driver);
            return Poll::Ready(Received::Message(message));
        } else if let Some(end) = state.end.take() {
            let (said, kept) = said(end);
            state.end = Some(Event::Closed(kept));
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

    /// Queues a message, as soon as there is room.
    pub(crate) async fn send(&self, message: Message) -> Result<(), Error> {
        let cost = u32::try_from(limits::cost(message.len())).expect("a queue is smaller than 4 GiB");
        match self.room.acquire_many(cost).await {
            Ok(room) => room.forget(), // The driver gives it back.
            Err(_closed) => return Err(Error::closed()),
        }
        let mut message = Some(message);
        std::future::poll_fn(|cx| {
            let mut state = self.lock();
            state.outbox.extend(message.take());
            let driver = state.driver_beside(cx);
            drop(state);
            wake(driver);
            Poll::Ready(Ok(()))
        })
        .await
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
            state.close.get_or_insert(close);
            state.driver.clone()
        };
        wake(driver);
    }

    /// Waits until nothing is left of the connection.
    pub(crate) async fn closed(&self) {
        std::future::poll_fn(|cx| {
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

/// For the driver.
impl Connection {
    /// Notes whom to wake when a handle wants something, and returns what handles have changed since the last call.
    pub(crate) fn drive(&self, waker: &Waker) -> Settings {
        let mut state = self.lock();
        match &mut state.driver {
            Some(driver) => driver.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        mem::take(&mut state.settings)
    }

    pub(crate) fn has_room(&self) -> bool {
        let state = self.lock();
        // Without a reader messages are thrown away: what counts is that the peer's close is seen.
        state.dropped || !state.is_full()
    }

    /// Hands a message to the reader. Whether the driving task itself has to look at it.
    pub(crate) fn deliver(&self, message: Message, cx: &Context<'_>) -> bool {
        let mut state = self.lock();
        if state.dropped {
            return false;
        }
        state.held += limits::cost(message.len());
        state.inbox.push_back(message);
        state.wake_reader(cx)
    }

    /// Tells the reader how the connection ended. Nothing can be sent any more.
    pub(crate) fn end(&self, end: Event, cx: &Context<'_>) -> bool {
        self.room.close();
        let mut state = self.lock();
        state.end.get_or_insert(end);
        state.wake_reader(cx)
    }

    /// Wakes the reader if its time is over.
    pub(crate) fn tick(&self, now: Instant, cx: &Context<'_>) -> bool {
        let mut state = self.lock();
        state.alarm.is_some_and(|alarm| alarm <= now) && state.wake_reader(cx)
    }

    pub(crate) fn alarm(&self) -> Option<Instant> {
        self.lock().alarm
    }

    /// The next message to write.
    pub(crate) fn next_to_write(&self) -> Option<Message> {
        let message = self.lock().outbox.pop_front()?;
        self.room.add_permits(limits::cost(message.len()));
        Some(message)
    }

    /// Whether there is a message or a close for the link.
    pub(crate) fn has_outgoing(&self) -> bool {
        let state = self.lock();
        !state.outbox.is_empty() || state.close.is_some() || state.dropped
    }

    /// The close that is asked for, by a handle or, where no reader is left, by there being none.
    pub(crate) fn close_wanted(&self) -> Option<Close> {
        let mut state = self.lock();
        if state.dropped && state.close.is_none() {
            self.room.close();
            state.close = Some(Close::new(Close::NORMAL, ""));
        }
        state.close.clone()
    }

    pub(crate) fn is_ending(&self) -> bool {
        self.lock().is_ending()
    }

    /// Notes that nothing is left. Whether the driving task itself was waiting for it.
    pub(crate) fn over(&self, cx: Option<&Context<'_>>) -> bool {
        self.room.close();
        let mut state = self.lock();
        state.over = true;
        state.end.get_or_insert(Event::Closed(Close::new(Close::ABNORMAL, "")));
        state.outbox.clear();
        let mut own = false;
        for waker in mem::take(&mut state.closers).into_iter().chain(state.reader.take()) {
            own |= wake_or_look(waker, cx);
        }
        own
    }
}

impl State {
    fn is_full(&self) -> bool {
        self.held >= limits::QUEUE
    }

    fn is_ending(&self) -> bool {
        self.dropped || self.over || self.end.is_some() || self.close.is_some()
    }

    fn wake_reader(&mut self, cx: &Context<'_>) -> bool {
        self.alarm = None;
        self.reader.take().is_some_and(|reader| wake_or_look(reader, Some(cx)))
    }

    /// The driver, unless `cx` is the driver's own.
    fn driver_beside(&self, cx: &Context<'_>) -> Option<Waker> {
        self.driver.clone().filter(|driver| !driver.will_wake(cx.waker()))
    }
}

/// What is said of an end when it is first asked for, and what from then on.
fn said(end: Event) -> (Received, Close) {
    match end {
        Event::Closed(close) => (Received::Closed(close.clone()), close),
        Event::TooBig { limit } => (Received::TooBig { limit }, Close::new(Close::TOO_BIG, "")),
        Event::Failed(error) => {
            let code = error.close_code();
            (Received::Failed(error), Close::new(code, ""))
        }
        Event::Message(message) => (Received::Message(message), Close::new(Close::ABNORMAL, "")),
    }
}

/// Wakes `waker`, or says that it is the task's own, which had better look by itself.
fn wake_or_look(waker: Waker, cx: Option<&Context<'_>>) -> bool {
    let own = cx.is_some_and(|cx| waker.will_wake(cx.waker()));
    if !own {
        waker.wake();
    }
    own
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
