//! The open WebSockets of a server, so that it can take leave of them when it stops: HTTP has forgotten them by then.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::close::Close;
use crate::connection::Connection;
use crate::lane::Lane;
use crate::registry;

/// Which connections there are, the registry knows; here they are counted.
#[derive(Debug, Default)]
pub(crate) struct Open {
    roll: Mutex<Roll>,
    emptied: Notify,
    /// Where its connections give way.
    pub(crate) lane: Option<Arc<Lane>>,
}

#[derive(Debug, Default)]
struct Roll {
    /// How many connections are open.
    open: usize,
    /// How many there are of them, and of works that go on beside one that has ended.
    there: usize,
    closing: bool,
}

/// When a connection is closed that is still there when the server stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaves {
    AtOnce,
    /// As soon as its session waits for the client.
    BetweenTurns,
}

impl Open {
    /// One whose connections give way in this lane.
    pub(crate) fn giving_way(lane: Option<Arc<Lane>>) -> Self {
        Open { lane, ..Open::default() }
    }

    /// A connection of its own has come. Whether it is to go at once.
    pub(crate) fn enter(&self) -> bool {
        let mut roll = self.lock();
        (roll.open, roll.there) = (roll.open + 1, roll.there + 1);
        roll.closing
    }

    /// A connection has ended; its work may go on.
    pub(crate) fn leave(&self) {
        self.lock().open -= 1;
    }

    /// Nothing is left of a connection.
    pub(crate) fn forget(&self) {
        let mut roll = self.lock();
        roll.there -= 1;
        if roll.there == 0 {
            self.emptied.notify_waiters();
        }
    }

    /// Closes every connection that is still to come, and hands out those that there are.
    pub(crate) fn close(&self) -> Vec<Arc<Connection>> {
        self.lock().closing = true;
        registry::connections_of(self)
    }

    /// Closes every connection that is left, whatever it does.
    pub(crate) fn cut(&self) {
        for connection in registry::connections_of(self) {
            connection.close(restart());
        }
    }

    /// How many connections are open.
    pub(crate) fn count(&self) -> usize {
        self.lock().open
    }

    /// Waits until no connection is left, and no work.
    pub(crate) async fn emptied(&self) {
        loop {
            let emptied = self.emptied.notified(); // before looking, so that nothing is missed
            if self.lock().there == 0 {
                return;
            }
            emptied.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Roll> {
        self.roll.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a connection is closed with when its server stops.
pub(crate) fn restart() -> Close {
    Close::new(Close::RESTART, "the service restarts")
}
