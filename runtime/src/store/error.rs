//! Why a store did not do something, and what its caller does then.

use std::error::Error;
use std::fmt;

use super::memory::Full;

/// The reason that a store, or what lies below it, gives.
pub type Reason = Box<dyn Error + Send + Sync>;

/// Why a store did not do what it was asked to. Each kind asks for something else of the caller.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// Somebody else was faster: the record is not what it was taken for, or its key belongs to another one. Nothing was
    /// changed. The caller drops what it was about to do: the conversation is somebody else's now.
    Conflict,
    /// The write may have been done, or may not: the store went away before it answered. Loading the record and
    /// comparing its [`write`](super::Record::write) settles it, which is what [`commit_surely`](super::commit_surely) does.
    Unknown(Reason),
    /// The store cannot be asked just now, and nothing was changed. The caller waits a little and tries again.
    Unavailable(Reason),
    /// The record or event is larger than the store takes. Nothing was changed, and trying again will not help.
    TooLarge {
        /// What it would have held, in bytes.
        size: usize,
        /// What the store takes.
        most: usize,
    },
    /// The store is broken, or is none: nothing that the caller can do will mend it. Somebody has to be told.
    Fatal(Reason),
}

impl StoreError {
    /// Whether there is no room for it, which was logged once for all.
    pub(crate) fn is_full(&self) -> bool {
        matches!(self, StoreError::Unavailable(why) if why.is::<Full>())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Conflict => f.write_str("somebody else has written the record"),
            StoreError::Unknown(_) => f.write_str("it is not known whether the record was written"),
            StoreError::Unavailable(_) => f.write_str("the store cannot be asked just now"),
            StoreError::TooLarge { size, most } => {
                write!(f, "{size} bytes are more than the {most} that the store takes")
            }
            StoreError::Fatal(_) => f.write_str("the store is broken"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            StoreError::Conflict | StoreError::TooLarge { .. } => None,
            StoreError::Unknown(why) | StoreError::Unavailable(why) | StoreError::Fatal(why) => Some(why.as_ref()),
        }
    }
}
