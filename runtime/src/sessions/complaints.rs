//! What has been said of a conversation in the log before: one that cannot go on is come back to as fast as its client can.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};

use crate::store::Id;

/// What the store refuses, or what cannot be written at all.
pub(super) const NOT_STORED: &str = "a conversation cannot be stored";

/// Of how many of them it is remembered. Beyond that all are forgotten, and said once more.
const REMEMBERED: usize = 1024;

#[derive(Debug, Default)]
pub(crate) struct Complaints(Mutex<HashMap<(Id, &'static str), u64>>);

impl Complaints {
    /// How often this has gone wrong in this conversation by now, if it is to be said: the first time, the second, the fourth,
    /// the eighth and so on.
    pub(crate) fn count(&self, id: Id, what: &'static str) -> Option<u64> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED && !all.contains_key(&(id, what)) {
            all.clear();
        }
        let count = all.entry((id, what)).or_default();
        *count += 1;
        count.is_power_of_two().then_some(*count)
    }

    /// Logs that this has gone wrong, and how often, where it is to be said.
    pub(super) fn log(&self, conversation: &str, id: Id, what: &'static str, error: &(dyn Error + 'static)) {
        if let Some(count) = self.count(id, what) {
            tracing::error!(conversation, %id, count, error, "{what}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_ever_more_rarely() {
        let complaints = Complaints::default();
        let [id, other] = [Id::random(), Id::random()];
        let said = |id, what| (0..9).filter_map(|_| complaints.count(id, what)).collect::<Vec<_>>();
        assert_eq!(said(id, "it panics"), [1, 2, 4, 8]);
        assert_eq!(complaints.count(other, "it panics"), Some(1));
        assert_eq!(complaints.count(id, "it cannot be stored"), Some(1));
        assert_eq!(complaints.count(id, "it panics"), None);
    }

    #[test]
    fn no_more_are_remembered_than_there_is_room_for() {
        let complaints = Complaints::default();
        for _ in 0..3 * REMEMBERED {
            assert_eq!(complaints.count(Id::random(), "it panics"), Some(1));
        }
        assert!(complaints.0.lock().expect("nobody panics").len() <= REMEMBERED);
    }
}
