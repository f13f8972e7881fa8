//! What the laws are tried with.

use converse::store::{EventId, Id, Record, Schema, StoredEvent, Time};

pub(crate) fn id(number: u8) -> Id {
    Id::from_bytes([number; 16])
}

pub(crate) fn record(number: u8) -> Record {
    Record {
        created: time(1),
        updated: time(2),
        body: vec![number; 3].into(),
        ..Record::new(id(number), "flow", "question", Schema::from_bytes([7; 16]))
    }
}

pub(crate) fn keyed(number: u8, key: &str) -> Record {
    Record { key: Some(key.into()), ..record(number) }
}

pub(crate) fn time(millis: u64) -> Time {
    Time::from_millis(1_700_000_000_000 + millis)
}

pub(crate) fn event(name: &str) -> StoredEvent {
    StoredEvent { id: EventId::from(name), body: format!("body of {name}").into_bytes() }
}
