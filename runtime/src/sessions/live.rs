//! The conversations that a client is connected to, in this process.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::connection::Connection;
use crate::store::Id;

/// Of how many conversations it is remembered what had arrived when the client left. Of older ones it is said again.
const REMEMBERED: usize = 1024;

#[derive(Debug, Default)]
pub(super) struct Live(Mutex<Conversations>);

#[derive(Debug, Default)]
struct Conversations {
    attached: HashMap<Id, Arc<Connection>>,
    /// What had arrived at clients that have left: the number of the last output, and how many had left before.
    left: HashMap<Id, (u64, u64)>,
    /// Those in turn.
    leaving: VecDeque<(Id, u64)>,
    /// How many have left.
    count: u64,
}

impl Live {
    /// Puts a session in, with the connection to its client, in the place of any other one.
    pub(super) fn attach(&self, id: Id, connection: Arc<Connection>) {
        if let Some(before) = self.lock().attached.insert(id, connection) {
            before.tell();
        }
    }

    /// Whether it is this connection that has the conversation now.
    pub(super) fn has(&self, id: Id, connection: &Arc<Connection>) -> bool {
        self.lock().attached.get(&id).is_some_and(|known| Arc::ptr_eq(known, connection))
    }

    pub(super) fn detach(&self, id: Id, connection: &Arc<Connection>) {
        let mut live = self.lock();
        match live.attached.entry(id) {
            Entry::Occupied(known) if Arc::ptr_eq(known.get(), connection) => known.remove(),
            _ => return,
        };
        let heard = connection.heard().load(Ordering::Acquire);
        if heard > 0 {
            live.remember(id, heard);
        }
    }

    /// The number of the last output that is known to have arrived at a client of this process, the last or the one before;
    /// 0 if none is.
    pub(super) fn heard(&self, id: Id) -> u64 {
        let live = self.lock();
        let attached = live.attached.get(&id).map(|connection| connection.heard().load(Ordering::Acquire));
        let left = live.left.get(&id).map(|(heard, _)| *heard);
        attached.max(left).unwrap_or_default()
    }

    /// Tells the session of a conversation to look into the store; `false` where there is none.
    pub(super) fn tell(&self, id: Id) -> bool {
        let live = self.lock();
        live.attached.get(&id).inspect(|connection| connection.tell()).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Conversations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Conversations {
    fn remember(&mut self, id: Id, heard: u64) {
        self.count += 1;
        self.left.insert(id, (heard, self.count));
        self.leaving.push_back((id, self.count));
        if self.leaving.len() > REMEMBERED
            && let Some((id, count)) = self.leaving.pop_front()
            && self.left.get(&id).is_some_and(|(_, latest)| *latest == count)
        {
            self.left.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::ConnectionId;

    /// One at whose other end so much has arrived.
    fn connection(heard: u64) -> Arc<Connection> {
        let connection = Connection::new(ConnectionId::unique());
        connection.note_heard(heard);
        Arc::new(connection)
    }

    #[test]
    fn what_has_arrived_is_remembered_of_the_latest_clients() {
        let live = Live::default();
        let ids: Vec<_> = (0..=REMEMBERED).map(|_| Id::random()).collect();
        for (id, heard) in ids.iter().zip(1..) {
            let connection = connection(heard);
            live.attach(*id, Arc::clone(&connection));
            assert_eq!(live.heard(*id), heard, "while it is there");
            live.detach(*id, &connection);
        }
        assert_eq!((live.heard(ids[0]), live.heard(ids[1]), live.heard(ids[REMEMBERED])), (0, 2, 1025));
        let [replaced, latest] = [connection(0), connection(7)];
        for connection in [&replaced, &latest] {
            live.attach(ids[1], Arc::clone(connection));
        }
        assert!(live.has(ids[1], &latest) && !live.has(ids[1], &replaced));
        live.detach(ids[1], &replaced);
        live.detach(ids[1], &latest);
        assert_eq!(live.heard(ids[1]), 7);
    }
}
