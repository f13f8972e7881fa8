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

/// When a connection is to be woken, if it is. Its task cancels that when it ends; one that ends outside of its runtime leaves
/// it there until then.
#[derive(Debug, Default)]
pub(crate) struct Alarm(Option<Moment>);

impl Alarm {
    /// Whether it rings by then. If that is too early, moving it costs more than waking up once for nothing.
    pub(crate) fn rings_by(&self, due: Moment) -> bool {
        self.0.is_some_and(|at| at <= due)
    }

    /// Whether none is set: it has rung, or there was none yet.
    pub(crate) fn is_off(&self) -> bool {
        self.0.is_none()
    }

    /// Notes that it [has rung](Connection::ring), or one that was set before.
    pub(crate) fn has_rung(&mut self) {
        self.0 = self.0.filter(|at| Moment::now() < *at);
    }

    /// Has the connection's task woken at that moment.
    pub(crate) fn set(&mut self, due: Moment, connection: &Arc<Connection>) {
        let before = self.0.replace(due);
        Alarms::here().change(before, Some(due), connection);
    }

    pub(crate) fn cancel(&mut self, connection: &Arc<Connection>) {
        let Some(at) = self.0.take() else { return };
        let alarms = Handle::try_current().ok().and_then(|runtime| find(&all(), runtime.id()));
        if let Some(alarms) = alarms {
            alarms.change(Some(at), None, connection);
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

/// Those of all runtimes that there are, which are few.
static ALL: Mutex<Vec<(Id, Arc<Alarms>)>> = Mutex::new(Vec::new());

fn all() -> MutexGuard<'static, Vec<(Id, Arc<Alarms>)>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

fn find(all: &[(Id, Arc<Alarms>)], runtime: Id) -> Option<Arc<Alarms>> {
    all.iter().find(|(id, _)| *id == runtime).map(|(_, alarms)| Arc::clone(alarms))
}

impl Alarms {
    /// Those of the runtime that this is called in.
    fn here() -> Arc<Self> {
        let runtime = Handle::current();
        let mut all = all();
        if let Some(alarms) = find(&all, runtime.id()) {
            return alarms;
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
                    first.inspect(|first| first.connection.ring());
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
            biased;
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

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use tokio::runtime::Builder;
    use tokio::task::{JoinSet, yield_now};

    use super::*;
    use crate::registry::ConnectionId;

    const MS: Duration = Duration::from_millis(1);
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    /// Somebody with an alarm.
    struct Sleeper {
        connection: Arc<Connection>,
        alarm: Alarm,
    }

    impl Sleeper {
        fn new() -> Self {
            let connection = Arc::new(Connection::new(ConnectionId::unique()));
            Sleeper { connection, alarm: Alarm::default() }
        }

        /// By how much too late it wakes up, and how often it does so before.
        async fn sleep(&mut self, time: Duration) -> (Duration, u32) {
            let due = Moment::now().checked_add(time).expect("it comes");
            let mut polls = 0;
            poll_fn(|cx| {
                if self.connection.drive(cx.waker(), 0).has_rung {
                    self.alarm.has_rung();
                }
                let now = Moment::now();
                if due <= now {
                    return Poll::Ready((now.since(due), polls - 1));
                }
                polls += 1;
                if !self.alarm.rings_by(due) {
                    self.alarm.set(due, &self.connection);
                }
                Poll::Pending
            })
            .await
        }
    }

    impl Drop for Sleeper {
        fn drop(&mut self) {
            self.alarm.cancel(&self.connection);
        }
    }

    /// How many alarms are set here.
    fn set() -> usize {
        Alarms::here().lock().set.len()
    }

    #[tokio::test(start_paused = true)]
    async fn many_are_woken_on_time_whatever_the_order_in_which_they_fall_asleep() {
        let mut all = JoinSet::new();
        for number in 0..10_000u32 {
            let time = [MS * (number + 1), MS * (10_000 - number), DAY * (number % 30 + 1)][number as usize % 3];
            all.spawn(async move { Sleeper::new().sleep(time).await });
        }
        let woken = all.join_all().await;
        assert!(woken.iter().all(|(late, too_early)| *late < MS && *too_early == 0), "{:?}", woken.iter().max());
        assert_eq!(set(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_rings_earlier_is_left_and_one_that_rings_later_moved() {
        let mut sleeper = Sleeper::new();
        for time in [2 * DAY, DAY] {
            assert!(tokio::time::timeout(MS, sleeper.sleep(time)).await.is_err());
            assert_eq!(set(), 1);
        }
        assert_eq!((sleeper.sleep(10 * MS).await.1, set()), (0, 0));
        assert!(tokio::time::timeout(MS, sleeper.sleep(10 * MS)).await.is_err());
        assert_eq!(sleeper.sleep(20 * MS).await.1, 1, "it was woken once for nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_moved_to_what_has_passed_rings_at_once() {
        let mut sleeper = Sleeper::new();
        let passed = Moment::now();
        assert!(tokio::time::timeout(MS, sleeper.sleep(DAY)).await.is_err());
        sleeper.alarm.set(passed, &sleeper.connection);
        let rings = poll_fn(|cx| match sleeper.connection.drive(cx.waker(), 0).has_rung {
            true => Poll::Ready(()),
            false => Poll::Pending,
        });
        tokio::time::timeout(MS, rings).await.expect("it rings");
    }

    #[tokio::test]
    async fn who_leaves_is_neither_woken_nor_kept() {
        let [mut first, mut second] = [Sleeper::new(), Sleeper::new()];
        let kept = Arc::downgrade(&first.connection);
        for sleeper in [&mut first, &mut second] {
            assert!(tokio::time::timeout(MS, sleeper.sleep(DAY)).await.is_err());
        }
        assert_eq!(set(), 2);
        drop(first);
        assert_eq!((set(), kept.strong_count()), (1, 0));
        second.alarm.cancel(&second.connection);
        second.alarm.cancel(&second.connection);
        assert_eq!(set(), 0);
    }

    #[test]
    fn each_runtime_has_its_own_and_takes_it_along() {
        let runtimes = [Builder::new_current_thread(), Builder::new_multi_thread(), Builder::new_current_thread()]
            .map(|mut builder| builder.enable_time().build().expect("there can be one"));
        let known = runtimes.each_ref().map(|runtime| {
            runtime.spawn(async { Sleeper::new().sleep(DAY).await });
            runtime.block_on(async {
                Sleeper::new().sleep(MS).await;
                while set() == 0 {
                    yield_now().await;
                }
                assert_eq!(set(), 1);
                Arc::downgrade(&Alarms::here())
            })
        });
        for (runtime, known) in runtimes.into_iter().zip(known) {
            assert_eq!(runtime.block_on(async { Sleeper::new().sleep(MS).await }).1, 0, "the others are there");
            drop(runtime);
            assert_eq!(known.strong_count(), 0);
        }
    }
}
