//! What happens to conversations that no client is connected to: their clocks run out, and events come.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::sleep;

use super::Inner;
use super::keeper::GRACE;
use crate::store::{Id, Mark, StoreError, Time};

/// How often the store is asked what is due.
const ROUND: Duration = Duration::from_millis(250);

/// How long to leave a store alone that cannot be asked.
const BREATH: Duration = Duration::from_secs(1);

/// For how long nobody else wakes what this process has taken on itself.
const LEASE: Duration = Duration::from_secs(30);

/// How often the store is cleaned, and of how much at a time.
const CLEANING: (Duration, usize) = (Duration::from_secs(60), 1000);

/// How many conversations are woken at the same time.
const AT_ONCE: usize = 32;

/// Starts it all. It ends when nobody has the sessions any more.
pub(super) fn start(sessions: &Arc<Inner>) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    tokio::spawn(wake_due(Arc::downgrade(sessions), Arc::clone(&room)));
    tokio::spawn(hear_arrivals(Arc::downgrade(sessions), room));
    tokio::spawn(clean(Arc::downgrade(sessions)));
}

async fn wake_due(sessions: Weak<Inner>, room: Arc<Semaphore>) {
    loop {
        let Some(inner) = sessions.upgrade() else { return };
        let pause = match inner.store.claim_due(&inner.flows.names(), Time::now(), LEASE, AT_ONCE).await {
            Ok(due) => {
                if !due.is_empty() {
                    crash_point!("clock behind the claim");
                }
                let all = due.len() == AT_ONCE;
                for id in due {
                    wake_in(&room, &inner, id).await;
                }
                if all { Duration::ZERO } else { ROUND }
            }
            Err(error) => failed(&error),
        };
        drop(inner);
        sleep(pause).await;
    }
}

async fn hear_arrivals(sessions: Weak<Inner>, room: Arc<Semaphore>) {
    let mut mark = Mark::START;
    loop {
        let Some(inner) = sessions.upgrade() else { return };
        let arrivals = tokio::select! {
            arrivals = inner.store.arrivals(mark) => arrivals,
            // So that it is not this that keeps the sessions alive.
            () = sleep(BREATH) => continue,
        };
        match arrivals {
            Ok(arrivals) => {
                mark = arrivals.mark;
                crash_point!("event behind its arrival");
                for id in arrivals.ids {
                    if !inner.live.tell(id) {
                        let (inner, room) = (Arc::clone(&inner), Arc::clone(&room));
                        tokio::spawn(async move {
                            sleep(GRACE).await;
                            wake_in(&room, &inner, id).await;
                        });
                    }
                }
            }
            Err(error) => {
                let pause = failed(&error);
                drop(inner);
                sleep(pause).await;
            }
        }
    }
}

async fn clean(sessions: Weak<Inner>) {
    let (every, most) = CLEANING;
    loop {
        let Some(inner) = sessions.upgrade() else { return };
        match inner.store.clean(Time::now(), most).await {
            Ok(gone) if gone == most as u64 => continue,
            Ok(_) => {}
            Err(error) => drop(failed(&error)),
        }
        drop(inner);
        sleep(every).await;
    }
}

async fn wake_in(room: &Arc<Semaphore>, inner: &Arc<Inner>, id: Id) {
    let Ok(place) = Arc::clone(room).acquire_owned().await else { return };
    let inner = Arc::clone(inner);
    tokio::spawn(async move {
        inner.wake(id).await;
        drop(place);
    });
}

fn failed(error: &StoreError) -> Duration {
    tracing::warn!(error = error as &dyn std::error::Error, "the store cannot be asked");
    BREATH
}
