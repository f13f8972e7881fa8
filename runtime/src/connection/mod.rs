//! What the handles of a connection share with the task that drives it: two bounded queues, and who waits for what.
//!
//! The lock is held for a few instructions and never over an await. Where a handle is polled by the driving task
//! itself, nobody is woken: that task looks again before it sleeps.

mod batch;
mod drive;
mod handle;
mod sending;
mod things;

use std::fmt;
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

pub(crate) use self::batch::Batch;
pub(crate) use self::drive::Wants;
use self::things::{Farewell, Things};
use crate::aside::Aside;
use crate::keepalive::PingPolicy;
use crate::limits::{self, Limits};
use crate::line::Line;
use crate::message::Message;
use crate::moment::Moment;
use crate::open::{Leaves, Open};
use crate::queues::{Queues, Sizes, WhenFull};
use crate::registry::ConnectionId;

/// A connection, as its handles see it.
pub(crate) struct Connection {
    state: Mutex<State>,
    /// How much the inbox and the outbox hold.
    sizes: Sizes,
    /// What becomes of a message for which the outbox has no room.
    when_full: WhenFull,
    /// What the messages count for that have come, and that the reader has not received.
    held: AtomicU32,
    /// The number of the last output that the peer is known to have got.
    heard: AtomicU64,
    /// The server that it is one of, and how it takes leave when that stops.
    server: Option<Arc<Open>>,
    leaves: Leaves,
    /// Whether it is to leave between two turns: one of the three below.
    leaving: AtomicU8,
    /// It is no longer one of the open ones.
    is_out: AtomicBool,
}

/// It stays; it is to leave, so that whoever reads gets nothing any more that a turn begins by; it does.
const STAYS: u8 = 0;
const LEAVING: u8 = 1;
const LEFT: u8 = 2;

/// What waits to be written.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Message(Message),
    /// The number of the output that went before: the peer answers it once it has got that.
    Number(u64),
}

impl Outgoing {
    /// How many bytes its frame has, at most.
    pub(crate) fn bytes(&self) -> usize {
        let payload = match self {
            Outgoing::Message(message) => message.len(),
            Outgoing::Number(output) => size_of_val(output),
        };
        payload + limits::HEAD
    }

    /// How much room it takes in the outbox.
    fn room(&self, sizes: Sizes) -> u32 {
        match self {
            Outgoing::Message(message) => sizes.said(message.len()),
            Outgoing::Number(_) => 0,
        }
    }
}

struct State {
    id: ConnectionId,
    inbox: Batch<Message>,
    outbox: Batch<Outgoing>,
    /// What the outbox's messages count for.
    said: u32,
    aside: Aside<Things>,
    /// The socket was dropped, and with it the only reader.
    dropped: bool,
    /// The driving task itself waits for a message.
    awaits: bool,
    /// Another one does, as few do.
    reader: Option<Box<Waker>>,
    /// The reader is to look around, whether or not a message has come.
    told: bool,
    /// When the reader wants to be woken in any case.
    alarm: Option<Moment>,
    /// The driver was woken by the time.
    has_rung: bool,
    driver: Option<Waker>,
}

/// What a handle can change while the connection runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) limits: Option<Limits>,
    pub(crate) pings: Option<PingPolicy>,
}

impl Connection {
    pub(crate) fn new(id: ConnectionId) -> Self {
        let state = State {
            id,
            inbox: Batch::default(),
            outbox: Batch::default(),
            said: 0,
            aside: Aside::default(),
            dropped: false,
            awaits: false,
            reader: None,
            told: false,
            alarm: None,
            has_rung: false,
            driver: None,
        };
        Connection {
            state: Mutex::new(state),
            sizes: Sizes::DEFAULT,
            when_full: WhenFull::Wait,
            held: AtomicU32::new(0),
            heard: AtomicU64::new(0),
            server: None,
            leaves: Leaves::AtOnce,
            leaving: AtomicU8::new(STAYS),
            is_out: AtomicBool::new(false),
        }
    }

    /// The same, as one of a server's.
    pub(crate) fn at(self, server: Option<Arc<Open>>, leaves: Leaves) -> Self {
        Connection { server, leaves, ..self }
    }

    /// The same, with such queues.
    pub(crate) fn with(self, Queues { sizes, when_full }: Queues) -> Self {
        Connection { sizes, when_full, ..self }
    }

    /// The same, after such a handshake.
    pub(crate) fn speaking(mut self, protocol: Option<&'static str>) -> Self {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        state.aside = Aside::speaking(protocol);
        self
    }

    pub(crate) fn server(&self) -> Option<&Arc<Open>> {
        self.server.as_ref()
    }

    pub(crate) fn protocol(&self) -> Option<&'static str> {
        self.lock().aside.protocol()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Never what is said: this ends up in logs.
impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connection").field(&self.lock().id).finish()
    }
}

impl State {
    fn is_ending(&self) -> bool {
        self.dropped || self.aside.farewell().is_some()
    }

    /// Begins to end. Whoever waits for room is to be woken, as there will be none.
    fn part(&mut self) -> (&mut Farewell, Option<Line>) {
        self.aside.part()
    }

    /// Who waits for what has come, and is to look at it: the driving task itself, or another one, which is to be woken.
    fn take_reader(&mut self) -> (bool, Option<Waker>) {
        self.alarm = None;
        (mem::take(&mut self.awaits), self.reader.take().map(|reader| *reader))
    }

    fn is_driven_by(&self, waker: &Waker) -> bool {
        self.driver.as_ref().is_some_and(|driver| driver.will_wake(waker))
    }

    /// The driver, unless `cx` is the driver's own.
    fn driver_beside(&self, cx: &Context<'_>) -> Option<Waker> {
        if self.is_driven_by(cx.waker()) { None } else { self.driver.clone() }
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// Wakes those who wait for room that there will not be.
fn dissolve(line: Option<Line>) {
    if let Some(line) = line {
        line.dissolve();
    }
}
