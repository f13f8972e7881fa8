//! How much a store in memory holds, and whether it takes more.

use std::error::Error;
use std::fmt;

use crate::store::StoreError;

/// The room that is taken.
#[derive(Default)]
pub(super) struct Room {
    held: usize,
    /// Whether something was refused, and little has gone since.
    is_full: bool,
}

impl Room {
    /// Takes room for a conversation that begins. There is less of it than for those that are there: they are to go on.
    pub(super) fn begin(&mut self, size: usize, total: usize) -> Result<(), StoreError> {
        let most = total - total / 8;
        let held = self.held.saturating_add(size);
        if held > most {
            return Err(self.refuse(total));
        }
        self.held = held;
        // Where each that goes makes room for one that comes, it stays full.
        self.is_full &= held > most / 4 * 3;
        Ok(())
    }

    /// Whether what is there may grow by so much.
    pub(super) fn check(&mut self, growth: usize, total: usize) -> Result<(), StoreError> {
        if growth == 0 || self.held.saturating_add(growth) <= total { Ok(()) } else { Err(self.refuse(total)) }
    }

    /// What took so much takes another amount now.
    pub(super) fn change(&mut self, before: usize, after: usize) {
        self.held = self.held + after - before;
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// Whoever floods a server must not flood its log.
    #[cold]
    fn refuse(&mut self, total: usize) -> StoreError {
        if !self.is_full {
            self.is_full = true;
            tracing::warn!(
                held = self.held,
                max_total = total,
                "a store in memory is full: it takes no new conversations"
            );
        }
        StoreError::Unavailable(Box::new(Full))
    }
}

/// There is no room: it was logged.
#[derive(Debug)]
pub(in crate::store) struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it holds as much as it may, which `Bounds::max_total` says")
    }
}

impl Error for Full {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_eighth_is_for_those_that_are_there() {
        let mut room = Room::default();
        room.begin(700, 800).expect("there is room");
        let error = room.begin(1, 800).expect_err("there is none for new ones");
        assert!(error.is_full() && room.is_full);
        room.check(100, 800).expect("those that are there go on");
        room.change(0, 100);
        assert!(room.check(1, 800).is_err());
        room.check(0, 800).expect("it does not grow");
        room.change(300, 0);
        room.begin(200, 800).expect("there is room again");
        assert!(room.is_full, "but hardly any");
        room.change(600, 0);
        room.begin(1, 800).expect("there is room");
        assert!(!room.is_full);
        assert!(room.begin(usize::MAX, 800).is_err() && room.check(usize::MAX, 800).is_err());
    }
}
