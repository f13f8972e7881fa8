//! What the handles of a connection share with the task that drives it: two bounded queues, and who waits for what.
//!
//! The lock is held for a few instructions and never over an await. Where a handle is polled by the driving task
//! itself, nobody is woken: that task looks again before it sleeps.

mod drive;
mod handle;

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::close::Close;
use crate::keepalive::PingPolicy;
use crate::limits::{self, Limits};
use crate::link::Event;
use crate::message::Message;
use crate::registry::ConnectionId;

/// A connection, as its handles see it.
pub(crate) struct Connection {
    state: Mutex<State>,
    /// Room in the outbox, in bytes; closed as soon as nothing may be sent any more.
    room: Semaphore,
    /// The number of the last output that the peer is known to have got.
    heard: Arc<AtomicU64>,
    /// The subprotocol that was agreed on.
    protocol: Option<&'static str>,
}

/// What waits to be written.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Message(Message),
    /// The number of the output that went before: the peer answers it once it has got that.
    Number(u64),
}

struct State {
    id: ConnectionId,
    inbox: VecDeque<Message>,
    /// What the inbox's messages count for.
    held: usize,
    outbox: VecDeque<Outgoing>,
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
        Connection {
            state: Mutex::new(state),
            room: Semaphore::new(limits::QUEUE),
            heard: Arc::default(),
            protocol: None,
        }
    }

    /// The same, after such a handshake.
    pub(crate) fn speaking(self, protocol: Option<&'static str>) -> Self {
        Connection { protocol, ..self }
    }

    pub(crate) fn protocol(&self) -> Option<&'static str> {
        self.protocol
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
        self.driver.as_ref().filter(|driver| !driver.will_wake(cx.waker())).cloned()
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
