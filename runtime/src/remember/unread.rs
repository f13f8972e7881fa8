//! Which variable of a state it was that could not be read: what serde says of that has the value in it, and not the name.

use std::cell::Cell;

thread_local! {
    /// Of the state that was read last here, if it has such a variable.
    static UNREAD: Cell<Option<String>> = const { Cell::new(None) };
}

/// Notes its name. Where a variable holds another conversation, that of the outer one is noted last, and stays.
pub(super) fn note(name: &str) {
    UNREAD.set(Some(name.to_owned()));
}

/// What it is called, told once.
pub(crate) fn unread() -> Option<String> {
    UNREAD.take()
}
