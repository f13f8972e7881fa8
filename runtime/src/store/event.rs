//! What is sent to a conversation that may not be running anywhere.

use std::fmt;

use super::Id;

/// What the sender of an event calls it. However often an event is pushed under one name, a conversation hears it once.
///
/// ```
/// use converse::store::EventId;
///
/// let id = EventId::from("payment 17");
/// assert_eq!(id.as_str(), "payment 17");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(String);

impl EventId {
    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for EventId {
    fn from(name: String) -> Self {
        EventId(name)
    }
}

impl From<&str> for EventId {
    fn from(name: &str) -> Self {
        EventId(name.into())
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventId({:?})", self.0)
    }
}

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// What its sender calls it.
    pub id: EventId,
    /// The event. A store does not look into it.
    pub body: Vec<u8>,
}

impl StoredEvent {
    /// How large it is: the bytes of its body and of its name.
    pub fn size(&self) -> usize {
        self.body.len() + self.id.0.len()
    }
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It waits for its conversation.
    New,
    /// It came before, and waits, or was heard already.
    Duplicate,
    /// Too many events wait for the conversation: it does not take this one.
    Full,
    /// There is no such conversation, or it has ended.
    Missing,
}

/// A place in the order in which events come to a store.
///
/// Everything that a store has is behind [`START`](Self::START). [`mark`](super::Store::mark) says what place comes now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(u64);

impl Mark {
    /// Before the first event.
    pub const START: Mark = Mark(0);

    /// Behind the event of this number. Numbers are the store's own: they rise from 1.
    pub const fn behind(number: u64) -> Self {
        Mark(number)
    }

    /// The number of the event that it is behind.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// That events have come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrivals {
    /// The conversations that they came for, each once.
    pub ids: Vec<Id>,
    /// Behind what comes next.
    pub mark: Mark,
}
