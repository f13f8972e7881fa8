//! How much a store takes.

use super::StoreError;

/// How much a store takes for one conversation: a record and an event of up to 1 MiB each, and 64 events that wait,
/// unless somebody says otherwise.
///
/// ```
/// use converse::store::{Bounds, Memory};
///
/// let store = Memory::new(Bounds::default().max_events(8));
/// # let _ = store;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    size: usize,
    events: usize,
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
        Bounds { size: 1 << 20, events: 64 }
    }
}
