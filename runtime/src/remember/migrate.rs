//! States of questions that are gone, which are read as those of others.

use std::cell::Cell;
use std::fmt::Display;

use serde::de::{self, DeserializeOwned, VariantAccess};

/// What a function returns that makes a state of an older one: the state `S`, or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "a function that migrates returns `{S}`, and not `{Self}`",
    label = "returns something else",
    note = "it takes the variables of the older state, and returns a state of this build, or a `Result` of one whose error \
            implements `Display`"
)]
pub trait Migrated<S> {
    /// The state.
    ///
    /// # Errors
    ///
    /// The function made none.
    fn state<E: de::Error>(self) -> Result<S, E>;
}

#[diagnostic::do_not_recommend]
impl<S> Migrated<S> for S {
    fn state<E: de::Error>(self) -> Result<S, E> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<S, R: Display> Migrated<S> for Result<S, R> {
    fn state<E: de::Error>(self) -> Result<S, E> {
        self.map_err(E::custom)
    }
}

/// Has a function make a state of an older one.
///
/// # Errors
///
/// What is there is no `Old`, or the function refuses it.
pub fn migrate<'de, S, A: VariantAccess<'de>, Old: DeserializeOwned, M: Migrated<S>>(
    from: A,
    function: impl FnOnce(Old) -> M,
) -> Result<S, A::Error> {
    function(from.newtype_variant()?).state()
}

thread_local! {
    /// Whether anything was read as the state of another question than it was stored at.
    static MOVED: Cell<bool> = const { Cell::new(false) };
}

/// Notes that a state is read as that of another question.
pub(super) fn moved() {
    MOVED.set(true);
}

/// Reads something, and says whether that, or a conversation that it runs, now stands at another question than before, which
/// was not asked yet.
pub(crate) fn moving<T>(read: impl FnOnce() -> T) -> (T, bool) {
    MOVED.set(false);
    (read(), MOVED.get())
}
