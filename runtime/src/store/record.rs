//! What a store keeps.

use bytes::Bytes;

use super::{Id, Schema, Time, WriteId};
use crate::message::Text;

/// A conversation as it is stored: what is needed to find it, and everything else in bytes. It is cheap to clone, for a store
/// that writes on a thread of its own.
///
/// ```
/// use converse::store::{Id, Record, Schema};
///
/// let record = Record {
///     key: Some("order 17".into()),
///     body: br#"{"age":{"name":"Ada"}}"#.as_slice().into(),
///     ..Record::new(Id::random(), "checkout", "age", Schema::from_bytes([0; 16]))
/// };
/// assert_eq!(record.version, 1);
/// let mut next = record.next();
/// next.question = "address".into();
/// assert_eq!(next.version, 2);
/// assert_ne!(next.write, record.write);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its name.
    pub id: Id,
    /// What the application calls it, if it does: among the conversations of a flow that are not done, each has another key.
    pub key: Option<Text>,
    /// The name of its flow.
    pub flow: Text,
    /// The name of the question that it waits at.
    pub question: Text,
    /// What wrote the body.
    pub schema: Schema,
    /// Whether it goes on.
    pub status: Status,
    /// How often it was written, this time included.
    pub version: u64,
    /// What this write is called.
    pub write: WriteId,
    /// When something happens to it by itself.
    pub due: Option<Time>,
    /// When it may be forgotten. It may still be there long after that, until [`clean`](super::Store::clean) finds it.
    pub expires: Option<Time>,
    /// When it was first written.
    pub created: Time,
    /// When it was last written.
    pub updated: Time,
    /// Its state, and whatever else goes with it. A store does not look into it.
    pub body: Bytes,
}

impl Record {
    /// A record that was not written yet, of a conversation that is live.
    pub fn new(id: Id, flow: impl Into<Text>, question: impl Into<Text>, schema: Schema) -> Self {
        let now = Time::now();
        Record {
            id,
            key: None,
            flow: flow.into(),
            question: question.into(),
            schema,
            status: Status::Live,
            version: 1,
            write: WriteId::random(),
            due: None,
            expires: None,
            created: now,
            updated: now,
            body: Bytes::new(),
        }
    }

    /// The same record as its next write begins: one version on, under a new name, and of now.
    #[must_use]
    pub fn next(&self) -> Self {
        Record { version: self.version + 1, write: WriteId::random(), updated: Time::now(), ..self.clone() }
    }

    /// How large it is: the bytes of its body and of its texts.
    pub fn size(&self) -> usize {
        self.body.len() + self.flow.len() + self.question.len() + self.key.as_deref().map_or(0, str::len)
    }

    /// What a list shows of it.
    pub fn summary(&self) -> Summary {
        Summary {
            id: self.id,
            key: self.key.clone(),
            flow: self.flow.clone(),
            question: self.question.clone(),
            schema: self.schema,
            status: self.status,
            version: self.version,
            due: self.due,
            expires: self.expires,
            created: self.created,
            updated: self.updated,
        }
    }
}

/// Whether a conversation goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It waits for its next turn.
    Live,
    /// It has ended. Nothing is due, it takes no events, and its key is free.
    Done,
    /// It was set aside, since nothing here can go on with it. Nothing is due, but it takes events, and it keeps its key.
    Parked,
}

/// All of a [`Record`] but what only its writer and its reader know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its name.
    pub id: Id,
    /// What the application calls it.
    pub key: Option<Text>,
    /// The name of its flow.
    pub flow: Text,
    /// The name of the question that it waits at.
    pub question: Text,
    /// What wrote the body.
    pub schema: Schema,
    /// Whether it goes on.
    pub status: Status,
    /// How often it was written.
    pub version: u64,
    /// When something happens to it by itself.
    pub due: Option<Time>,
    /// When it may be forgotten.
    pub expires: Option<Time>,
    /// When it was first written.
    pub created: Time,
    /// When it was last written.
    pub updated: Time,
}

/// Which records to list: those that are as every field says that is there.
///
/// ```
/// use converse::store::{Filter, Status};
///
/// let stuck = Filter { status: Some(Status::Parked), ..Filter::default() };
/// # let _ = stuck;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of this flow.
    pub flow: Option<Text>,
    /// Those that wait at this question.
    pub question: Option<Text>,
    /// Those of this status.
    pub status: Option<Status>,
}

/// How many live records wait at a question, of those that one schema wrote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count {
    /// The name of their flow.
    pub flow: Text,
    /// What wrote them.
    pub schema: Schema,
    /// The question that they wait at.
    pub question: Text,
    /// How many there are.
    pub records: u64,
}
