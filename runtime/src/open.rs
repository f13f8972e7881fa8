//! The open WebSockets of a server, so that it can tell them when it stops: HTTP has forgotten them by then.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::close::Close;
use crate::connection::Connection;

/// Requests carry it as an extension.
#[derive(Debug, Default)]
pub(crate) struct Open {
    roll: Mutex<Roll>,
    left: Notify,
}

#[derive(Debug, Default)]
struct Roll {
    /// By address.
    connections: HashMap<usize, Arc<Connection>>,
    closing: bool,
}

impl Open {
    pub(crate) fn enter(&self, connection: &Arc<Connection>) {
        let mut roll = self.lock();
        roll.connections.insert(address(connection), Arc::clone(connection));
        if roll.closing {
            connection.close(restart());
        }
    }

    pub(crate) fn leave(&self, connection: &Arc<Connection>) {
        self.lock().connections.remove(&address(connection));
        self.left.notify_waiters();
    }

    /// Closes every connection, and those that are still to come.
    pub(crate) fn close(&self) {
        let mut roll = self.lock();
        roll.closing = true;
        for connection in roll.connections.values() {
            connection.close(restart());
        }
    }

    /// Waits until no connection is left.
    pub(crate) async fn emptied(&self) {
        loop {
            let left = self.left.notified();
            if self.lock().connections.is_empty() {
                return;
            }
            left.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Roll> {
        self.roll.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn address(connection: &Arc<Connection>) -> usize {
    Arc::as_ptr(connection).addr()
}

fn restart() -> Close {
    Close::new(Close::RESTART, "the service restarts")
}
