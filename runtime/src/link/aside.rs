//! What a link has set aside, all in one box: of a connection that waits there is nothing of it, and no room for it either.

use bytes::Bytes;

use super::incoming::{Came, Fault};
use crate::moment::Moment;

#[derive(Default)]
pub(super) struct Aside(Option<Box<Things>>);

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
}

/// Since when a peer does not read.
pub(super) struct Stall {
    pub(super) since: Moment,
    /// How many bytes had gone by then.
    pub(super) written: u64,
    /// A ping that has come since.
    pub(super) ping: Option<Bytes>,
}

impl Aside {
    pub(super) fn things(&mut self) -> &mut Things {
        self.0.get_or_insert_default()
    }

    /// Takes one of the things, if it is there.
    pub(super) fn take<T>(&mut self, thing: impl FnOnce(&mut Things) -> &mut Option<T>) -> Option<T> {
        let things = self.0.as_mut()?;
        let taken = thing(things).take();
        if let Things { unread: None, held: None, rest: None, stalled: None } = **things {
            self.0 = None;
        }
        taken
    }

    pub(super) fn has_rest(&self) -> bool {
        self.0.as_ref().is_some_and(|things| things.rest.is_some())
    }

    pub(super) fn stall(&self) -> Option<&Stall> {
        self.0.as_ref()?.stalled.as_ref()
    }

    pub(super) fn stall_mut(&mut self) -> Option<&mut Stall> {
        self.0.as_mut()?.stalled.as_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_takes_no_room() {
        let mut aside = Aside::default();
        assert_eq!(aside.take(|things| &mut things.rest), None);
        aside.things().rest = Some(Bytes::from_static(b"rest"));
        aside.things().unread = Some(Bytes::from_static(b"unread"));
        assert!(aside.has_rest() && aside.stall().is_none());
        assert_eq!(aside.take(|things| &mut things.rest).as_deref(), Some(&b"rest"[..]));
        assert!(!aside.has_rest());
        assert_eq!(aside.take(|things| &mut things.unread).as_deref(), Some(&b"unread"[..]));
        assert!(aside.0.is_none(), "no box is kept");
    }
}
