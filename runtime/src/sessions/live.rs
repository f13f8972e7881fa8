//! The conversations that a client is connected to, in this process.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;

use crate::store::Id;

/// Of how many conversations it is remembered what had arrived when the client left. Of older ones it is said again.
const REMEMBERED: usize = 1024;

#[derive(Debug, Default)]
pub(super) struct Live(Mutex<Conversations>);

#[derive(Debug, Default)]
struct Conversations {
    attached: HashMap<Id, Arc<Attached>>,
    /// What had arrived at clients that have left: the number of the last output, the latest client at the end.
    left: VecDeque<(Id, u64)>,
}

/// What others tell the session that runs a conversation.
#[derive(Debug, Default)]
pub(crate) struct Attached {
    told: AtomicBool,
    waits: AtomicWaker,
    replaced: AtomicBool,
    heard: Arc<AtomicU64>,
}

impl Attached {
    /// Waits until there may be something new in the store.
    pub(crate) fn poll_told(&self, cx: &Context<'_>) -> Poll<()> {
        self.waits.register(cx.waker());
        if self.told.swap(false, Ordering::AcqRel) { Poll::Ready(()) } else { Poll::Pending }
    }

    pub(crate) fn tell(&self) {
        self.told.store(true, Ordering::Release);
        self.waits.wake();
    }

    /// Whether another connection of this process has the conversation now.
    pub(crate) fn is_replaced(&self) -> bool {
        self.replaced.load(Ordering::Acquire)
    }
}

impl Live {
    /// Puts a session in, in the place of any other one.
    pub(super) fn attach(&self, id: Id, heard: Arc<AtomicU64>) -> Arc<Attached> {
        let attached = Arc::new(Attached { heard, ..Attached::default() });
        if let Some(before) = self.lock().attached.insert(id, Arc::clone(&attached)) {
            before.replaced.store(true, Ordering::Release);
            before.tell();
        }
        attached
    }

    pub(super) fn detach(&self, id: Id, attached: &Arc<Attached>) {
        let mut live = self.lock();
        if !live.attached.get(&id).is_some_and(|known| Arc::ptr_eq(known, attached)) {
            return;
        }
        live.attached.remove(&id);
        let heard = attached.heard.load(Ordering::Acquire);
        if heard > 0 {
            live.left.retain(|(known, _)| *known != id);
            live.left.push_back((id, heard));
            if live.left.len() > REMEMBERED {
                live.left.pop_front();
            }
        }
    }

    /// The number of the last output that is known to have arrived at a client of this process, the last or the one before;
    /// 0 if none is.
    pub(super) fn heard(&self, id: Id) -> u64 {
        let live = self.lock();
        let attached = live.attached.get(&id).map(|attached| attached.heard.load(Ordering::Acquire));
        let left = live.left.iter().find(|(known, _)| *known == id).map(|(_, heard)| *heard);
        attached.max(left).unwrap_or_default()
    }

    /// Tells the session of a conversation to look into the store; `false` where there is none.
    pub(super) fn tell(&self, id: Id) -> bool {
        let live = self.lock();
        live.attached.get(&id).inspect(|attached| attached.tell()).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Conversations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_arrived_is_remembered_of_the_latest_clients() {
        let live = Live::default();
        let ids: Vec<_> = (0..=REMEMBERED).map(|_| Id::random()).collect();
        for (id, heard) in ids.iter().zip(1..) {
            let attached = live.attach(*id, Arc::new(AtomicU64::new(heard)));
            assert_eq!(live.heard(*id), heard, "while it is there");
            live.detach(*id, &attached);
        }
        assert_eq!((live.heard(ids[0]), live.heard(ids[1]), live.heard(ids[REMEMBERED])), (0, 2, 1025));
        let replaced = live.attach(ids[1], Arc::default());
        let attached = live.attach(ids[1], Arc::new(AtomicU64::new(7)));
        live.detach(ids[1], &replaced);
        live.detach(ids[1], &attached);
        assert_eq!(live.heard(ids[1]), 7);
    }
}
