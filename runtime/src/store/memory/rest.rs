//! The body of a record, and what few records have beside it: those that have not pay nothing for it.

use std::collections::{BTreeMap, HashSet};
use std::mem;

use crate::message::Text;
use crate::store::{EventId, StoredEvent, Time};

pub(super) enum Rest {
    Body(Box<[u8]>),
    More(Box<More>),
}

#[derive(Default)]
pub(super) struct More {
    body: Box<[u8]>,
    pub(super) key: Option<Text>,
    /// Until when nobody else can claim it.
    pub(super) claimed: Option<Time>,
    /// Nothing where none has come.
    pub(super) events: Option<Box<Events>>,
}

/// What was sent to a conversation.
#[derive(Default)]
pub(super) struct Events {
    /// What waits, by its number.
    pub(super) waiting: BTreeMap<u64, StoredEvent>,
    /// Every event that came.
    pub(super) known: HashSet<EventId>,
    /// How many bytes all of them take.
    size: usize,
}

/// What the allocator takes for itself, of whatever is in a box.
const BOX: usize = 16;

/// What a key takes where it is looked for, beside its text; the first event; each; and each that has gone, whose name stays.
const KEY: usize = 512;
const EVENTS: usize = 768;
const WAITING: usize = 96 + 2 * BOX;
const KNOWN: usize = 48 + BOX;

impl Events {
    pub(super) fn add(&mut self, number: u64, event: &StoredEvent) {
        self.size += WAITING + event.size() + KNOWN + event.id.as_str().len();
        self.known.insert(event.id.clone());
        self.waiting.insert(number, event.clone());
    }

    /// Takes away those that wait and go, and says of each that it has gone.
    pub(super) fn take(&mut self, goes: impl Fn(&StoredEvent) -> bool, mut gone: impl FnMut(u64)) {
        for (number, event) in self.waiting.extract_if(.., |_, event| goes(event)) {
            self.size -= WAITING + event.size();
            gone(number);
        }
    }
}

impl Rest {
    pub(super) fn body(&self) -> &[u8] {
        match self {
            Rest::Body(body) => body,
            Rest::More(more) => &more.body,
        }
    }

    pub(super) fn set_body(&mut self, new: &[u8]) {
        let body = match self {
            Rest::Body(body) => body,
            Rest::More(more) => &mut more.body,
        };
        match body.len() == new.len() {
            true => body.copy_from_slice(new),
            false => *body = new.into(),
        }
    }

    /// How many bytes it takes where there is so much.
    pub(super) fn size_of(body: usize, key: Option<&Text>) -> usize {
        BOX + body + key.map_or(0, |key| BOX + size_of::<More>() + KEY + key.len())
    }

    /// How many bytes it takes.
    pub(super) fn size(&self) -> usize {
        match self {
            Rest::Body(body) => BOX + body.len(),
            Rest::More(more) => {
                let key = more.key.as_ref().map_or(0, |key| KEY + key.len());
                let events = more.events.as_ref().map_or(0, |events| EVENTS + events.size);
                BOX + more.body.len() + BOX + size_of::<More>() + key + events
            }
        }
    }

    pub(super) fn more(&self) -> Option<&More> {
        match self {
            Rest::Body(_) => None,
            Rest::More(more) => Some(more),
        }
    }

    pub(super) fn change<R>(&mut self, change: impl FnOnce(&mut More) -> R) -> R {
        let mut more = match mem::replace(self, Rest::Body(Box::default())) {
            Rest::Body(body) => Box::new(More { body, ..More::default() }),
            Rest::More(more) => more,
        };
        let result = change(&mut more);
        *self = match *more {
            More { key: None, claimed: None, events: None, .. } => Rest::Body(more.body),
            _ => Rest::More(more),
        };
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_stays_whatever_else_comes_and_goes() {
        let mut rest = Rest::Body(b"body".as_slice().into());
        rest.change(|more| more.key = Some("key".into()));
        rest.change(|more| more.claimed = Some(Time::MAX));
        assert!(rest.more().is_some_and(|more| more.key.as_deref() == Some("key") && more.claimed == Some(Time::MAX)));
        assert_eq!(rest.body(), b"body");
        rest.set_body(b"another");
        rest.change(|more| (more.key, more.claimed) = (None, None));
        assert!(rest.more().is_none());
        assert_eq!(rest.body(), b"another");
        rest.change(|_| ());
        rest.set_body(b"ANOTHER");
        assert_eq!(rest.body(), b"ANOTHER");
    }

    #[test]
    fn it_takes_no_more_than_a_body() {
        assert_eq!(size_of::<Rest>(), size_of::<Box<[u8]>>());
    }
}
