//! How much a store takes.

use super::StoreError;

/// How much a store takes. For one conversation that is a record and an event of up to 1 MiB each, and 64 events that wait;
/// for all of them together, in memory, 1 GiB; unless somebody says otherwise.
///
/// ```
/// use converse::store::{Bounds, Memory};
///
/// let store = Memory::new(Bounds::default().max_events(8).max_total(256 << 20));
/// # let _ = store;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    size: usize,
    events: usize,
    total: usize,
}

impl Bounds {
    /// The largest [size](super::Record::size) of a record, and of an [event](super::StoredEvent::size), in bytes.
    #[must_use]
    pub fn max_size(mut self, bytes: usize) -> Self {
        self.size = bytes;
        self
    }

    /// How many events wait for one conversation at most.
    #[must_use]
    pub fn max_events(mut self, events: usize) -> Self {
        self.events = events;
        self
    }

    /// How many bytes a store in memory holds at most, with what it needs to find them again; one on a disk is bounded by that,
    /// and takes no notice.
    ///
    /// Where seven eighths are taken, [`create`](super::Store::create) is [`Unavailable`](StoreError::Unavailable). The last is for
    /// conversations that are there, and grow; where that is taken, too, those go on that take no more room than before.
    /// There is room again as they end or expire.
    #[must_use]
    pub fn max_total(mut self, bytes: usize) -> Self {
        self.total = bytes;
        self
    }

    /// How many bytes a store in memory holds at most.
    pub fn total(&self) -> usize {
        self.total
    }

    /// How many events wait for one conversation at most.
    pub fn events(&self) -> usize {
        self.events
    }

    /// Whether something of this size is taken.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](StoreError::TooLarge), if it is not.
    pub fn check(&self, size: usize) -> Result<(), StoreError> {
        if size <= self.size { Ok(()) } else { Err(StoreError::TooLarge { size, most: self.size }) }
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { size: 1 << 20, events: 64, total: 1 << 30 }
    }
}
