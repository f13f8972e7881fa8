//! The open WebSockets of a server, so that it can take leave of them when it stops: HTTP has forgotten them by then.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;
use tokio::sync::watch;

use crate::close::Close;
use crate::connection::Connection;
use crate::driver::Work;

/// Requests carry it as an extension.
#[derive(Debug)]
pub(crate) struct Open {
    roll: Mutex<Roll>,
    /// Has a receiver for each connection, and for each work beside one.
    there: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Roll {
    /// By address.
    guests: HashMap<usize, (Guest, watch::Receiver<()>)>,
    closing: bool,
}

/// When a connection is closed that is still there when the server stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaves {
    AtOnce,
    /// As soon as its session waits for the client.
    BetweenTurns,
}

/// A connection, and how to take leave of it.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    connection: Arc<Connection>,
    /// Where it leaves between two turns: what tells it to.
    bell: Option<Arc<Bell>>,
}

/// Told once, to one task.
#[derive(Debug, Default)]
struct Bell {
    has_rung: AtomicBool,
    waker: AtomicWaker,
}

impl Default for Open {
    fn default() -> Self {
        Open { roll: Mutex::default(), there: watch::Sender::new(()) }
    }
}

impl Open {
    pub(crate) fn enter(&self, connection: &Arc<Connection>) {
        let mut roll = self.lock();
        let guest = Guest { connection: Arc::clone(connection), bell: None };
        roll.guests.insert(address(connection), (guest, self.there.subscribe()));
        if roll.closing {
            connection.close(restart());
        }
    }

    pub(crate) fn leave(&self, connection: &Arc<Connection>) {
        self.lock().guests.remove(&address(connection));
    }

    /// Has the server wait for a connection's `work`, whatever becomes of the connection meanwhile.
    pub(crate) fn attend(&self, connection: Arc<Connection>, work: Work, leaves: Leaves) -> Work {
        let bell = (leaves == Leaves::BetweenTurns).then(Arc::<Bell>::default);
        if let Some((guest, _)) = self.lock().guests.get_mut(&address(&connection)) {
            guest.bell.clone_from(&bell);
        }
        Box::pin(Attended { work, connection, bell, _there: self.there.subscribe() })
    }

    /// Closes every connection that is still to come, and hands out those that there are.
    pub(crate) fn close(&self) -> Vec<Guest> {
        let mut roll = self.lock();
        roll.closing = true;
        roll.guests.values().map(|(guest, _)| guest.clone()).collect()
    }

    /// Closes every connection that is left, whatever it does.
    pub(crate) fn cut(&self) {
        for (guest, _) in self.lock().guests.values() {
            guest.connection.close(restart());
        }
    }

    /// How many connections are open.
    pub(crate) fn count(&self) -> usize {
        self.lock().guests.len()
    }

    /// Waits until no connection is left, and no work.
    pub(crate) async fn emptied(&self) {
        self.there.closed().await;
    }

    fn lock(&self) -> MutexGuard<'_, Roll> {
        self.roll.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guest {
    /// Closes it: a conversation when no turn runs, everything else now.
    pub(crate) fn see_off(&self) {
        match &self.bell {
            Some(bell) => bell.ring(),
            None => self.connection.close(restart()),
        }
    }
}

/// A work that the server waits for. A session is asked whether it waits for its client, each time that it has gone as far
/// as it can.
struct Attended {
    work: Work,
    connection: Arc<Connection>,
    /// Where it leaves between two turns, until it has.
    bell: Option<Arc<Bell>>,
    _there: watch::Receiver<()>,
}

impl Future for Attended {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let is_to_leave = self.bell.as_ref().is_some_and(|bell| bell.has_rung(cx));
        if is_to_leave {
            self.connection.forget_reader();
        }
        if self.work.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        // In a turn it waits for something else. What it has said goes out ahead of the close.
        if is_to_leave && self.connection.is_awaited() {
            self.connection.close(restart());
            self.bell = None;
        }
        Poll::Pending
    }
}

impl Bell {
    fn ring(&self) {
        self.has_rung.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// Whether it has; else the task is woken when it does.
    fn has_rung(&self, cx: &Context<'_>) -> bool {
        self.waker.register(cx.waker());
        self.has_rung.load(Ordering::Acquire)
    }
}

fn address(connection: &Arc<Connection>) -> usize {
    Arc::as_ptr(connection).addr()
}

fn restart() -> Close {
    Close::new(Close::RESTART, "the service restarts")
}
