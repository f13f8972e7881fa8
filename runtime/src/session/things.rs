//! What a session rarely has: of a conversation that waits there is nothing of it.

use super::Woken;
use super::clocks::Date;
use crate::aside;
use crate::close::Close;
use crate::sessions::Saved;

pub(super) struct Things<E> {
    /// What wakes it before anything else does.
    pub(super) first: Option<Woken<E>>,
    /// Until when every timer has rung, while the state is one of before.
    pub(super) rung: Option<Date>,
    /// What it has closed with, where it has.
    pub(super) ended: Option<Close>,
    /// What was stored and cannot be read.
    pub(super) outdated: Option<Box<Saved<'static>>>,
}

impl<E> Default for Things<E> {
    fn default() -> Self {
        Things { first: None, rung: None, ended: None, outdated: None }
    }
}

impl<E> aside::Things for Things<E> {
    fn are_gone(&self) -> bool {
        matches!(self, Things { first: None, rung: None, ended: None, outdated: None })
    }
}
