//! What time it is: by the system's clock, and in a test by one of the test's own.

use std::time::SystemTime;

/// Now.
pub(crate) fn now() -> SystemTime {
    #[cfg(feature = "testing")]
    if let Some(now) = pretended::now() {
        return now;
    }
    SystemTime::now()
}

#[cfg(feature = "testing")]
pub(crate) mod pretended {
    use std::cell::Cell;
    use std::time::{Duration, SystemTime};

    use tokio::time::Instant;

    thread_local! {
        /// The same moment by both clocks: what passes by tokio's, passes by the other.
        static BEGAN: Cell<Option<(SystemTime, Instant)>> = const { Cell::new(None) };
    }

    pub(super) fn now() -> Option<SystemTime> {
        BEGAN.get().map(|(wall, steady)| wall + steady.elapsed())
    }

    /// How much time has passed since it began.
    pub(crate) fn passed() -> Duration {
        BEGAN.get().map(|(_, steady)| steady.elapsed()).unwrap_or_default()
    }

    /// When a test begins: on the first day of a year that every calendar agrees about.
    pub(crate) fn first() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600)
    }

    /// Has it be this time on this thread, which only tokio's clock can change from now on.
    pub(crate) fn begin(now: SystemTime) {
        BEGAN.set(Some((now, Instant::now())));
    }
}
