//! Keeps conversations in a file, by SQLite.
//!
//! ```
//! use converse::store::{Id, Record, Schema, Store};
//! use converse_sqlite::Sqlite;
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("conversations.db");
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let record = Record::new(Id::random(), "checkout", "age", Schema::from_bytes([0; 16]));
//! let store = Sqlite::open(&path)?;
//! store.create(&record).await?;
//! drop(store);
//! assert_eq!(Sqlite::open(&path)?.load(record.id).await?, Some(record));
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?; Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What was acknowledged is on the disk: the file is in WAL mode, with `synchronous = FULL`. Writes that come at the same
//! time share one `fsync`. Several processes of one machine may open the same file.

mod committer;
mod error;
mod read;
mod reader;
mod schema;
mod store;
mod watcher;
mod write;

use std::fmt;
use std::path::{Path, PathBuf};

use converse::store::{Answer, Bounds, StoreError};
use rusqlite::Connection;

use crate::committer::Committer;
use crate::reader::Reader;
use crate::watcher::Watcher;

/// Conversations in a file.
///
/// Three threads work for it. Dropping it writes what was asked for, and waits for that.
pub struct Sqlite {
    path: PathBuf,
    bounds: Bounds,
    committer: Committer,
    reader: Reader,
    watcher: Watcher,
}

impl Sqlite {
    /// Opens the file, which is made if it is not there, and brought up to date if an earlier version of this crate made it.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](StoreError::Unavailable), if the file cannot be opened or somebody else keeps it locked.
    /// [`Fatal`](StoreError::Fatal), if it is something else, or was made by a later version, or if the program was linked
    /// with an SQLite older than 3.51.3, which can damage such files.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(path, Bounds::default())
    }

    /// Opens the file as a store that takes so much.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open).
    pub fn open_with(path: impl AsRef<Path>, bounds: Bounds) -> Result<Self, StoreError> {
        let path = path.as_ref();
        schema::check_library(rusqlite::version_number())?;
        let connect = || schema::open(path);
        Ok(Sqlite {
            committer: Committer::start(connect()?)?,
            reader: Reader::start(connect()?)?,
            watcher: Watcher::start(connect()?)?,
            path: path.to_owned(),
            bounds,
        })
    }

    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(self.reader.run(work))
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.committer.run(work).await
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").field("path", &self.path).field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use converse::store::{EventId, Id, Record, Schema, Store, StoredEvent};

    use super::*;

    fn record(body: usize) -> Record {
        Record {
            body: vec![7; body].into(),
            ..Record::new(Id::random(), "flow", "question", Schema::from_bytes([0; 16]))
        }
    }

    /// One whose file has so many pages and no more.
    fn of_pages(path: &Path, pages: u32) -> Sqlite {
        let store = Sqlite::open(path).expect("the file can be made");
        let connection = schema::open(path).expect("it was made");
        connection.pragma_update(None, "max_page_count", pages).expect("it is a number");
        Sqlite { committer: Committer::start(connection).expect("a thread"), ..store }
    }

    #[tokio::test]
    async fn a_full_file_takes_no_more_until_something_goes_and_is_not_broken() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let store = of_pages(&folder.path().join("full.db"), 64);
        let mut there = Vec::new();
        let refused = loop {
            let record = record(10_000);
            match store.create(&record).await {
                Ok(()) => there.push(record),
                Err(error) => break error,
            }
        };
        assert!(matches!(refused, StoreError::Unavailable(_)) && there.len() > 5, "{refused:?}, {}", there.len());
        // What is there can be read, goes on where it takes no more, and is undone as a whole where it would.
        let next = there[0].next();
        store.commit(&next, &[]).await.expect("it is as large as before");
        let large = Record { body: vec![8; 100_000].into(), ..next.next() };
        assert!(matches!(store.commit(&large, &[]).await, Err(StoreError::Unavailable(_))));
        let event = StoredEvent { id: EventId::from("event"), body: vec![9; 100_000] };
        assert!(matches!(store.push(next.id, &event).await, Err(StoreError::Unavailable(_))));
        assert_eq!(store.load(next.id).await.expect("it can be read"), Some(next));
        // What goes makes room.
        store.delete(there[1].id, 1).await.expect("to delete takes no room");
        store.create(&record(10_000)).await.expect("there is room");
    }
}
