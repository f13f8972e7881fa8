//! The time of an `on after`.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// When an `on after` is due, by the wall clock, so that it is the same for every process; nothing once it has rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timer(Option<SystemTime>);

impl Timer {
    /// One that rings then, or never.
    pub(crate) fn at(due: Option<SystemTime>) -> Self {
        Timer(due)
    }

    /// One that has begun just now.
    pub fn begun(time: Duration) -> Self {
        Timer(SystemTime::now().checked_add(time))
    }

    pub(crate) fn due(&self) -> Option<SystemTime> {
        self.0
    }

    /// Whether it is due by `until`. It rings only once.
    pub fn rings(&mut self, until: SystemTime) -> bool {
        self.0.take_if(|due| *due <= until).is_some()
    }
}

/// As the milliseconds since 1970, rounded up: it does not ring early.
impl Serialize for Timer {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let due = self.0.map(|due| due.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default());
        due.map(|due| u64::try_from(due.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Timer {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let due = Option::<u64>::deserialize(from)?;
        Ok(Timer(due.and_then(|due| SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(due)))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rings_once_and_not_early() {
        let due = SystemTime::UNIX_EPOCH + Duration::from_nanos(1_500_001);
        let mut timer = Timer::at(Some(due));
        let stored = serde_json::to_string(&timer).expect("it can be stored");
        assert_eq!(stored, "2");
        assert!(!timer.rings(due - Duration::from_nanos(1)));
        assert!(timer.rings(due));
        assert!(!timer.rings(due));
        assert_eq!(serde_json::to_string(&timer).expect("it can be stored"), "null");
        let later: Timer = serde_json::from_str(&stored).expect("it was stored");
        assert_eq!(later.due(), Some(SystemTime::UNIX_EPOCH + Duration::from_millis(2)));
    }
}
