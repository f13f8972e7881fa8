//! What SQLite's errors mean to whoever asked.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use converse::store::StoreError;
use rusqlite::ErrorCode;

/// The most that SQLite takes for one value or row, as the library is built.
const MOST: usize = 1_000_000_000;

/// What came of a statement that failed before anything was committed.
pub(crate) fn undone(error: rusqlite::Error) -> StoreError {
    shared(&Arc::new(error))
}

/// The same, for all who share the statement's transaction.
pub(crate) fn shared(error: &Arc<rusqlite::Error>) -> StoreError {
    let reason = Box::new(Shared(error.clone()));
    match error.sqlite_error_code() {
        Some(ErrorCode::TooBig) => StoreError::TooLarge { size: MOST + 1, most: MOST },
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::OutOfMemory
            | ErrorCode::SystemIoFailure,
        ) => StoreError::Unavailable(reason),
        _ => StoreError::Fatal(reason),
    }
}

/// What it means that a transaction's end failed: it may be on the disk nevertheless.
pub(crate) fn unknown(error: &Arc<rusqlite::Error>) -> StoreError {
    StoreError::Unknown(Box::new(Shared(error.clone())))
}

/// The thread that does the work has ended before its time.
pub(crate) fn gone() -> StoreError {
    StoreError::Fatal("a thread of the store has ended".into())
}

/// One error, told to several.
#[derive(Debug)]
struct Shared(Arc<rusqlite::Error>);

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Error for Shared {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    #[test]
    fn each_code_asks_for_what_helps() {
        let failure = |code| undone(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        for code in [ffi::SQLITE_BUSY, ffi::SQLITE_FULL, ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_CANTOPEN] {
            assert!(matches!(failure(code), StoreError::Unavailable(_)), "{code}");
        }
        for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_NOTADB, ffi::SQLITE_READONLY, ffi::SQLITE_ERROR] {
            assert!(matches!(failure(code), StoreError::Fatal(_)), "{code}");
        }
        assert!(matches!(failure(ffi::SQLITE_TOOBIG), StoreError::TooLarge { .. }));
    }
}
