//! A reply that is not shown.

use std::fmt;

use crate::message::Message;
use crate::reply::{Problem, Reply};

/// A reply of the type `T` that nothing shows by accident: `let pin: Secret<u32> = ask "PIN?";`.
///
/// `Debug` prints `Secret(***)`; there is no `Display`, so no prompt holds it, no `say` sends it, and no `Serialize` writes it.
/// The [`Problem`] of a reply that is no `T` says so, and does not repeat it.
///
/// That is all that is promised today. The memory is not wiped when the value is dropped, comparing what
/// [`expose`](Self::expose) returns takes as long as it takes, and the [`Message`] that came in is not secret before it is read.
///
/// ```
/// use converse::{Reply, Secret};
///
/// let pin = Secret::<u32>::read("1234".into()).unwrap();
/// assert_eq!(format!("{pin:?}"), "Secret(***)");
/// assert_eq!(*pin.expose(), 1234);
/// ```
///
/// ```compile_fail
/// let pin = converse::Secret::new(1234);
/// println!("{pin}"); // a secret has no `Display`
/// ```
#[derive(Clone)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Keeps `value` from being shown.
    pub const fn new(value: T) -> Self {
        Secret(value)
    }

    /// What is kept. Whoever calls this says so in the source, where a reader can find it.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Takes what is kept out.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl<T: Reply> Reply for Secret<T> {
    fn read(message: Message) -> Result<Self, Problem> {
        T::read(message).map(Secret).map_err(unsaid)
    }

    fn read_verbatim(message: Message) -> Result<Self, Problem> {
        T::read_verbatim(message).map(Secret).map_err(unsaid)
    }
}

/// What a type says of a reply may repeat it.
fn unsaid(_: Problem) -> Problem {
    Problem::new("this is not what was asked for")
}
