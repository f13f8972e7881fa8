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
