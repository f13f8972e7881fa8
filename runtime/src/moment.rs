//! A moment in eight bytes, and none in no more: of each connection that waits several are kept.

use std::num::NonZeroI64;
use std::sync::LazyLock;
use std::time::Duration;

use tokio::time::Instant;

/// A time by the clock that only goes forward, in nanoseconds since one that all of a process count from. It is not 0, so that
/// to have none takes no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(NonZeroI64);

/// A while ago, so that no moment is the first one.
static START: LazyLock<Instant> = LazyLock::new(|| {
    let now = Instant::now();
    now.checked_sub(Duration::from_secs(1)).unwrap_or(now)
});

impl Moment {
    pub(crate) fn now() -> Self {
        Instant::now().into()
    }

    /// The moment in which so much time has passed; none where that is centuries away.
    pub(crate) fn after(time: Duration) -> Option<Self> {
        Moment::now().checked_add(time)
    }

    pub(crate) fn from_nanos(nanos: i64) -> Self {
        const FIRST: NonZeroI64 = NonZeroI64::new(1).expect("it is not 0");
        Moment(NonZeroI64::new(nanos).unwrap_or(FIRST))
    }

    /// Negative where a test has its own time, and that is before.
    pub(crate) fn nanos(self) -> i64 {
        self.0.get()
    }

    /// The moment so much later; none where that is centuries away.
    pub(crate) fn checked_add(self, time: Duration) -> Option<Self> {
        let time = i64::try_from(time.as_nanos()).ok()?;
        self.nanos().checked_add(time).map(Moment::from_nanos)
    }

    /// The moment so much earlier; the first one where that was centuries ago.
    pub(crate) fn earlier(self, time: Duration) -> Self {
        let time = i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        Moment::from_nanos(self.nanos().saturating_sub(time))
    }

    /// How long it is since another one; nothing where that is later.
    pub(crate) fn since(self, before: Self) -> Duration {
        Duration::from_nanos(u64::try_from(self.nanos().saturating_sub(before.nanos())).unwrap_or(0))
    }
}

impl From<Instant> for Moment {
    fn from(instant: Instant) -> Self {
        let nanos = |time: Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        Moment::from_nanos(match instant.checked_duration_since(*START) {
            Some(behind) => nanos(behind),
            None => -nanos(START.duration_since(instant)),
        })
    }
}

impl From<Moment> for Instant {
    fn from(moment: Moment) -> Self {
        let distance = Duration::from_nanos(moment.nanos().unsigned_abs());
        if moment.nanos() < 0 { *START - distance } else { *START + distance }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_instant_again() {
        let now = Instant::now();
        for instant in
            [now, now + Duration::from_nanos(1), now + Duration::from_secs(1 << 30), now - Duration::from_secs(1)]
        {
            assert_eq!(Instant::from(Moment::from(instant)), instant);
        }
        assert_eq!(size_of::<Option<Moment>>(), 8);
    }

    #[test]
    fn what_is_centuries_away_never_comes() {
        let now = Moment::now();
        assert_eq!(now.checked_add(Duration::MAX), None);
        let later = now.checked_add(Duration::from_secs(7)).expect("it comes");
        assert_eq!((later.since(now), now.since(later)), (Duration::from_secs(7), Duration::ZERO));
    }
}
