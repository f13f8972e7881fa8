//! Records by what the application calls them.

use std::collections::{BTreeSet, HashMap};

use crate::message::Text;
use crate::store::{Id, Record, Status, Time};

/// Those that are found by flow and key. At the end of each is the one that is found.
#[derive(Default)]
pub(super) struct Keys(HashMap<Text, HashMap<Text, BTreeSet<Keyed>>>);

/// A record with a key: the one that is not done comes behind all others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Keyed {
    pub(super) is_open: bool,
    pub(super) updated: Time,
    pub(super) id: Id,
}

impl Keys {
    pub(super) fn find(&self, flow: &str, key: &str) -> Option<Keyed> {
        self.0.get(flow)?.get(key)?.last().copied()
    }

    /// Whether no other record has the key of this one.
    pub(super) fn is_free(&self, record: &Record) -> bool {
        let key = record.key.as_ref().filter(|_| record.status != Status::Done);
        key.and_then(|key| self.find(&record.flow, key)).is_none_or(|known| !known.is_open || known.id == record.id)
    }

    pub(super) fn add(&mut self, flow: &Text, key: &Text, keyed: Keyed) {
        self.0.entry(flow.clone()).or_default().entry(key.clone()).or_default().insert(keyed);
    }

    pub(super) fn remove(&mut self, flow: &Text, key: &Text, keyed: &Keyed) {
        let Some(keys) = self.0.get_mut(flow) else { return };
        let Some(known) = keys.get_mut(key) else { return };
        known.remove(keyed);
        if known.is_empty() {
            keys.remove(key);
        }
        if keys.is_empty() {
            self.0.remove(flow);
        }
    }
}
