//! A date in six bytes, or none.

use crate::store::Time;

/// Dates end with the year 9999, before six bytes do.
#[derive(Clone, Copy)]
pub(super) struct Stamp([u8; 6]);

impl Stamp {
    pub(super) fn date(self) -> Option<Time> {
        let [a, b, c, d, e, f] = self.0;
        let number = u64::from_le_bytes([a, b, c, d, e, f, 0, 0]);
        number.checked_sub(1).map(Time::from_millis)
    }
}

impl From<Option<Time>> for Stamp {
    fn from(date: Option<Time>) -> Self {
        let number = date.map_or(0, |date| date.as_millis() + 1);
        let [a, b, c, d, e, f, ..] = number.to_le_bytes();
        Stamp([a, b, c, d, e, f])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_date_is_read_as_it_was_written() {
        for date in [None, Some(Time::from_millis(0)), Some(Time::now()), Some(Time::MAX)] {
            assert_eq!(Stamp::from(date).date(), date);
        }
    }
}
