//! The conversations that a client is connected to, in this process.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::store::Id;

#[derive(Debug, Default)]
pub(super) struct Live(Mutex<HashMap<Id, Arc<Attached>>>);

/// What others tell the session that runs a conversation.
#[derive(Debug, Default)]
pub(crate) struct Attached {
    look: Notify,
    replaced: AtomicBool,
}

impl Attached {
    /// Waits until there may be something new in the store. This can be dropped half-way without missing it.
    pub(crate) async fn told(&self) {
        self.look.notified().await;
    }

    pub(crate) fn tell(&self) {
        self.look.notify_one();
    }

    /// Whether another connection of this process has the conversation now.
    pub(crate) fn is_replaced(&self) -> bool {
        self.replaced.load(Ordering::Acquire)
    }
}

impl Live {
    /// Puts a session in, in the place of any other one.
    pub(super) fn attach(&self, id: Id) -> Arc<Attached> {
        let attached = Arc::new(Attached::default());
        if let Some(before) = self.lock().insert(id, Arc::clone(&attached)) {
            before.replaced.store(true, Ordering::Release);
            before.tell();
        }
        attached
    }

    pub(super) fn detach(&self, id: Id, attached: &Arc<Attached>) {
        let mut live = self.lock();
        if live.get(&id).is_some_and(|known| Arc::ptr_eq(known, attached)) {
            live.remove(&id);
        }
    }

    /// Tells the session of a conversation to look into the store; `false` where there is none.
    pub(super) fn tell(&self, id: Id) -> bool {
        let live = self.lock();
        live.get(&id).inspect(|attached| attached.tell()).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id, Arc<Attached>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
