//! Dates, as stores keep them.

use std::fmt;
use std::num::NonZero;
use std::ops::Add;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::clock;

/// A date, in milliseconds since the Unix epoch. It is one of the years 1970 to 9999: what is before or after becomes the
/// first or last of them.
///
/// ```
/// use converse::store::Time;
/// use std::time::Duration;
///
/// let minute = Time::from_millis(0) + Duration::from_secs(60);
/// assert_eq!(minute.to_string(), "1970-01-01T00:01:00.000Z");
/// assert!(Time::now() > minute);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(NonZero<u64>); // One more than it is, so that it takes no more room where there may be none.

/// The last millisecond of 9999.
const LAST: u64 = 253_402_300_799_999;

impl Time {
    /// The last one.
    pub const MAX: Time = Time::from_millis(LAST);

    /// Now, by the system's clock.
    pub fn now() -> Self {
        clock::now().into()
    }

    /// The date so many milliseconds after the epoch.
    pub const fn from_millis(millis: u64) -> Self {
        let millis = if millis < LAST { millis } else { LAST };
        Time(NonZero::<u64>::MIN.saturating_add(millis))
    }

    /// How many milliseconds after the epoch it is.
    pub const fn as_millis(self) -> u64 {
        self.0.get() - 1
    }
}

impl From<SystemTime> for Time {
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Time::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}

impl From<Time> for SystemTime {
    fn from(time: Time) -> Self {
        UNIX_EPOCH + Duration::from_millis(time.as_millis())
    }
}

impl Add<Duration> for Time {
    type Output = Time;

    fn add(self, later: Duration) -> Time {
        Time::from_millis(self.as_millis().saturating_add(u64::try_from(later.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Time").field(&self.as_millis()).finish()
    }
}

/// As RFC 3339 has it, in UTC.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, millis) = (self.as_millis() / 1000, self.as_millis() % 1000);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        let (year, month, day) = civil(seconds / 86_400);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }
}

/// The day so many days after the epoch. Years are counted from March, so that the leap day is the last of its year.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468; // since 0000-03-01
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (millis, date) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_000, "2024-02-29T23:59:59.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (u64::MAX, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Time::from_millis(millis).to_string(), date);
        }
    }

    #[test]
    fn what_lies_beyond_is_the_last_or_the_first() {
        assert_eq!(Time::MAX + Duration::MAX, Time::MAX);
        assert_eq!(Time::from(UNIX_EPOCH - Duration::from_secs(1)), Time::from_millis(0));
        assert_eq!(Time::from(SystemTime::from(Time::MAX)), Time::MAX);
    }
}
