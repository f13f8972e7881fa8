//! The alarms of a runtime's connections, which one task rings.
//!
//! Whoever waits has an alarm set, if only for the next ping, and a timer of tokio's takes a third of what the connection's
//! task does. Here an alarm is a moment and whom to wake, in the order of the moments, and tokio has one timer for the first.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::sync::Notify;
use tokio::time::{Sleep, sleep};

use crate::connection::Connection;
use crate::moment::Moment;

/// A connection's own. Who drops it while it is set cancels it before.
#[derive(Debug, Default)]
pub(crate) struct Alarm {
    at: Option<Moment>,
    /// Those that it is one of, since it was first set.
    all: Option<Arc<Alarms>>,
}

impl Alarm {
    /// Has the connection's task woken when it is `due`, which is later than now.
    pub(crate) fn set(&mut self, due: Moment, now: Moment, connection: &Arc<Connection>) {
        // It is set already. Moving it costs more than waking up once for nothing.
        if self.at.is_some_and(|at| now < at && at <= due) {
            return;
        }
        let before = self.at.replace(due);
        self.all.get_or_insert_with(Alarms::here).change(before, Some(due), connection);
    }

    pub(crate) fn cancel(&mut self, connection: &Arc<Connection>) {
        if let (Some(at), Some(all)) = (self.at.take(), self.all.take()) {
            all.change(Some(at), None, connection);
        }
    }
}

/// Those of one runtime.
#[derive(Debug, Default)]
struct Alarms {
    state: Mutex<State>,
    /// There is an earlier one than the task waits for that rings them.
    is_earlier: Notify,
}

#[derive(Debug, Default)]
struct State {
    set: BTreeSet<Set>,
    /// When the task goes on.
    next: Option<Moment>,
}

/// Those of all runtimes that there are: few, and each is looked for once in a connection's life.
static ALL: Mutex<Vec<(Id, Arc<Alarms>)>> = Mutex::new(Vec::new());

fn all() -> MutexGuard<'static, Vec<(Id, Arc<Alarms>)>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Alarms {
    /// Those of the runtime that this is called in.
    fn here() -> Arc<Self> {
        let runtime = Handle::current();
        let mut all = all();
        if let Some((_, alarms)) = all.iter().find(|(id, _)| *id == runtime.id()) {
            return Arc::clone(alarms);
        }
        let timer = Box::pin(sleep(Duration::ZERO));
        let alarms = Arc::<Self>::default();
        all.push((runtime.id(), Arc::clone(&alarms)));
        drop(all); // A runtime that ends takes no task, and drops it.
        runtime.spawn(ring(Ringer(Arc::clone(&alarms)), timer));
        alarms
    }

    fn change(&self, before: Option<Moment>, after: Option<Moment>, connection: &Arc<Connection>) {
        let set = |at| Set { at, connection: Arc::clone(connection) };
        let mut state = self.lock();
        // It is not there any more if it has rung.
        let _gone = before.and_then(|before| state.set.take(&set(before)));
        let Some(after) = after else { return };
        state.set.insert(set(after));
        if state.next.is_none_or(|next| after < next) {
            state.next = Some(after);
            drop(state);
            self.is_earlier.notify_one();
        }
    }

    /// Wakes those whose time has come. When the next one's does.
    fn wake(&self) -> Option<Moment> {
        let now = Moment::now();
        loop {
            let mut state = self.lock();
            match state.set.first() {
                Some(first) if first.at <= now => {
                    let first = state.set.pop_first();
                    drop(state);
                    first.inspect(|first| first.connection.rouse());
                }
                first => {
                    state.next = first.map(|first| first.at);
                    return state.next;
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What rings them, for as long as the runtime lasts.
struct Ringer(Arc<Alarms>);

async fn ring(ringer: Ringer, mut timer: Pin<Box<Sleep>>) {
    let Ringer(alarms) = &ringer;
    loop {
        let next = alarms.wake();
        if let Some(next) = next {
            timer.as_mut().reset(next.into());
        }
        tokio::select! {
            () = &mut timer, if next.is_some() => {}
            () = alarms.is_earlier.notified() => {}
        }
    }
}

impl Drop for Ringer {
    fn drop(&mut self) {
        all().retain(|(_, alarms)| !Arc::ptr_eq(alarms, &self.0));
    }
}

/// One that is set.
#[derive(Debug)]
struct Set {
    at: Moment,
    connection: Arc<Connection>,
}

impl Ord for Set {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |set: &Self| (set.at, Arc::as_ptr(&set.connection));
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Set {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Set {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Set {}
