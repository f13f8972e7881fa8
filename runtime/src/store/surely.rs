//! Writes whose outcome is known.

use super::{Answer, EventId, Record, Store, StoreError};

/// How often a write is tried that was not done.
const TRIES: usize = 3;

/// [Commits](Store::commit), and finds out what happened if the store does not say.
///
/// It can be called again and again with the same record. Once it was written, and nobody wrote a later one, the answer
/// is `Ok`.
///
/// ```
/// use converse::store::{Id, Memory, Record, Schema, Store, StoreError, commit_surely};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let store = Memory::default();
/// let record = Record::new(Id::random(), "checkout", "age", Schema::from_bytes([0; 16]));
/// store.create(&record).await?;
/// let next = record.next();
/// commit_surely(&store, &next, &[]).await?;
/// commit_surely(&store, &next, &[]).await?;
/// # Ok::<(), StoreError>(()) }).unwrap();
/// ```
///
/// # Errors
///
/// Those of a commit. [`Unknown`](StoreError::Unknown) is left where the store cannot be asked afterwards either: the
/// caller waits a little and calls again.
pub async fn commit_surely(store: &dyn Store, record: &Record, consumed: &[EventId]) -> Result<(), StoreError> {
    surely(store, record, record.version.checked_sub(1), || store.commit(record, consumed)).await
}

/// [Creates](Store::create) a record, and finds out what happened if the store does not say, as [`commit_surely`] does.
///
/// # Errors
///
/// Those of [`commit_surely`].
pub async fn create_surely(store: &dyn Store, record: &Record) -> Result<(), StoreError> {
    surely(store, record, None, || store.create(record)).await
}

/// Writes `record`. `before` is the version that is there as long as it was not written.
async fn surely<'a>(
    store: &dyn Store,
    record: &Record,
    before: Option<u64>,
    write: impl Fn() -> Answer<'a, ()>,
) -> Result<(), StoreError> {
    match write().await {
        // Rare, and so in a box of its own.
        Err(error @ (StoreError::Conflict | StoreError::Unknown(_))) => {
            Box::pin(settle(store, record, before, write, error)).await
        }
        known => known,
    }
}

/// Finds out what has become of a write that has failed in this way, and tries again if it was not done.
async fn settle<'a>(
    store: &dyn Store,
    record: &Record,
    before: Option<u64>,
    write: impl Fn() -> Answer<'a, ()>,
    mut error: StoreError,
) -> Result<(), StoreError> {
    let mut tries = 1;
    loop {
        let there = match store.load(record.id).await {
            Ok(there) => there,
            Err(StoreError::Unavailable(why)) => return Err(StoreError::Unknown(why)),
            Err(error) => return Err(error),
        };
        if there.as_ref().is_some_and(|there| there.write == record.write) {
            return Ok(());
        }
        if there.map(|there| there.version) != before || matches!(error, StoreError::Conflict) {
            return Err(StoreError::Conflict);
        }
        if tries == TRIES {
            return Err(error);
        }
        tries += 1;
        error = match write().await {
            Err(error @ (StoreError::Conflict | StoreError::Unknown(_))) => error,
            known => return known,
        };
    }
}
