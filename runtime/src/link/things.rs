//! What a link rarely has: of a connection that waits there is nothing of it.

use bytes::Bytes;

use super::incoming::{Came, Fault};
use crate::aside::{self, Aside};
use crate::moment::Moment;

#[derive(Default)]
pub(super) struct Things {
    /// What was read and not taken apart: there was no room for it, or it needs more.
    pub(super) unread: Option<Bytes>,
    /// The end, which has come behind messages that are to be answered first.
    pub(super) held: Option<Result<Came, Fault>>,
    /// What of a long message has yet to become frames.
    pub(super) rest: Option<Bytes>,
    /// The peer does not read.
    pub(super) stalled: Option<Stall>,
    /// Since when what comes may have waited, as there was no room for it; until all that waited is read.
    pub(super) backlog: Option<Moment>,
}

/// Since when a peer does not read.
pub(super) struct Stall {
    pub(super) since: Moment,
    /// How many bytes had gone by then.
    pub(super) written: u64,
    /// A ping that has come since.
    pub(super) ping: Option<Bytes>,
}

impl aside::Things for Things {
    fn are_gone(&self) -> bool {
        matches!(self, Things { unread: None, held: None, rest: None, stalled: None, backlog: None })
    }
}

impl Aside<Things> {
    pub(super) fn has_rest(&self) -> bool {
        self.get().is_some_and(|things| things.rest.is_some())
    }

    pub(super) fn stall(&self) -> Option<&Stall> {
        self.get()?.stalled.as_ref()
    }

    pub(super) fn stall_mut(&mut self) -> Option<&mut Stall> {
        self.get_mut()?.stalled.as_mut()
    }
}
