//! Where conversations are kept while they wait: the trait [`Store`], and [`Memory`], which forgets with the process.
//!
//! A store keeps bytes. It knows a conversation as a [`Record`], which it replaces only by the version that comes next, so
//! that of two who write at once exactly one does; nothing else is needed to keep a conversation from running twice.

mod bounds;
mod error;
mod event;
mod memory;
mod names;
mod record;
mod surely;
mod time;

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

pub use bounds::Bounds;
pub use error::{Reason, StoreError};
pub use event::{Arrivals, EventId, Mark, Pushed, StoredEvent};
pub use memory::Memory;
pub use names::{BadName, Id, Schema, WriteId};
pub use record::{Count, Filter, Record, Status, Summary};
pub use surely::{commit_surely, create_surely};
pub use time::Time;

/// What a store's methods return. It may be dropped half-way: what it was about to write is then written, or it is not.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps conversations, and what is sent to them, until they go on.
///
/// Any number of processes may share what a store keeps. Each method says what holds among all of them.
///
/// ```
/// use converse::store::{EventId, Id, Memory, Pushed, Record, Schema, Store, StoreError, StoredEvent};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let store = Memory::default();
/// let record = Record::new(Id::random(), "checkout", "age", Schema::from_bytes([0; 16]));
/// store.create(&record).await?;
///
/// let paid = StoredEvent { id: EventId::from("payment 17"), body: b"1200".to_vec() };
/// assert_eq!(store.push(record.id, &paid).await?, Pushed::New);
///
/// let next = record.next();
/// store.commit(&next, &[paid.id.clone()]).await?;
/// assert!(matches!(store.commit(&next, &[]).await, Err(StoreError::Conflict)));
/// assert_eq!(store.push(record.id, &paid).await?, Pushed::Duplicate);
/// # Ok::<(), StoreError>(()) }).unwrap();
/// ```
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Keeps a record that is not there yet.
    ///
    /// # Errors
    ///
    /// [`Conflict`](StoreError::Conflict), if one of its name is there, or one of its flow and key that is not done.
    fn create<'a>(&'a self, record: &'a Record) -> Answer<'a, ()>;

    /// The record of this name, as the last write left it that anybody was told of.
    ///
    /// # Errors
    ///
    /// The store cannot be asked.
    fn load(&self, id: Id) -> Answer<'_, Option<Record>>;

    /// The record with this key, of this flow, that is not done; where all of them are, the one that was
    /// [updated](Record::updated) last, and of several at that time the last by name.
    ///
    /// # Errors
    ///
    /// The store cannot be asked.
    fn find<'a>(&'a self, flow: &'a str, key: &'a str) -> Answer<'a, Option<Record>>;

    /// Replaces the record of which this one is the next version, and takes away the events that it has consumed: all of
    /// that or none. Whoever was told that this is done finds it again after any crash.
    ///
    /// Who claimed the record gives it back by this. What is consumed is remembered, so that it is not taken a second time;
    /// a name of no event that waits does nothing. With a record that is [`Done`](Status::Done) all its events go.
    ///
    /// # Errors
    ///
    /// [`Conflict`](StoreError::Conflict), if what is there is not the version before, or another record that is not done
    /// has the key.
    fn commit<'a>(&'a self, record: &'a Record, consumed: &'a [EventId]) -> Answer<'a, ()>;

    /// Forgets a record and all its events.
    ///
    /// # Errors
    ///
    /// [`Conflict`](StoreError::Conflict), if it is not there, or is not of this version.
    fn delete(&self, id: Id, version: u64) -> Answer<'_, ()>;

    /// Keeps an event until its conversation consumes it. It is an answer, not an error, when that cannot be.
    ///
    /// A name that the conversation has heard is a duplicate for as long as its record is there and not done. After an
    /// [`Unknown`](StoreError::Unknown) the same event is pushed again.
    ///
    /// # Errors
    ///
    /// The store cannot be asked, or the event is too large for it.
    fn push<'a>(&'a self, id: Id, event: &'a StoredEvent) -> Answer<'a, Pushed>;

    /// The first `most` events that wait for a conversation, in the order in which they came.
    ///
    /// # Errors
    ///
    /// The store cannot be asked.
    fn events(&self, id: Id, most: usize) -> Answer<'_, Vec<StoredEvent>>;

    /// Up to `most` live records of these flows whose date has come, the longest overdue first. None of them is claimed by
    /// anybody again before `lease` is over or it was written. Others are left to who knows their flow.
    ///
    /// This keeps processes out of each other's way and no more: it is [`commit`](Self::commit) that lets only one of
    /// them do what is due.
    ///
    /// # Errors
    ///
    /// The store cannot be asked.
    fn claim_due<'a>(&'a self, flows: &'a [&'a str], now: Time, lease: Duration, most: usize) -> Answer<'a, Vec<Id>>;

    /// Where the order of events ends now.
    ///
    /// # Errors
    ///
    /// The store cannot be asked.
    fn mark(&self) -> Answer<'_, Mark>;

    /// Waits until an event that came behind this mark waits for its conversation, whoever pushed it, and says which
    /// conversations to look after. There may be more of them: behind the mark that is returned, which is asked for next.
    ///
    /// So behind [`Mark::START`] are all events that wait, and behind [`mark`](Self::mark) only those that come from then
    /// on. Someone who takes the mark first, loads a conversation and its events, and then asks what came behind the mark
    /// misses nothing. An event that was consumed meanwhile is not reported.
    ///
    /// The future can be dropped at any time, and another one asked for behind the same mark.
    ///
    /// # Errors
    ///
    /// The store cannot be asked.
    fn arrivals(&self, after: Mark) -> Answer<'_, Arrivals>;

    /// The first `most` records that pass, in the order of their names, behind the name `after`.
    ///
    /// # Errors
    ///
    /// The store cannot be asked.
    fn list<'a>(&'a self, filter: &'a Filter, after: Option<Id>, most: usize) -> Answer<'a, Vec<Summary>>;

    /// How many live records wait where, in order.
    ///
    /// # Errors
    ///
    /// The store cannot be asked.
    fn histogram(&self) -> Answer<'_, Vec<Count>>;

    /// Forgets up to `most` records that have expired by `now`, whatever their status, and says how many they were.
    ///
    /// # Errors
    ///
    /// The store cannot be asked.
    fn clean(&self, now: Time, most: usize) -> Answer<'_, u64>;
}
