//! A reply that is not shown.

use std::cell::Cell;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};

use crate::amiss::{NOT_READ, NOT_WRITTEN};
use crate::message::Message;
use crate::reply::{Problem, Reply};

/// A reply of the type `T` that nothing shows by accident: `let pin: Secret<u32> = ask "PIN?";`.
///
/// `Debug` prints `Secret(***)`; there is no `Display`, so no prompt holds it, no `say` sends it, and `Serialize` refuses to write it:
/// a state that remembers one is stored only in memory, or sealed (`Sessions::sealed_by`).
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

thread_local! {
    /// Whether what is being written never leaves this process.
    static IN_MEMORY: Cell<bool> = const { Cell::new(false) };
}

/// Lets secrets be written and read by `work`, whose result stays in this process's memory.
pub(crate) fn in_memory<R>(work: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            IN_MEMORY.set(self.0);
        }
    }
    let _restore = Restore(IN_MEMORY.replace(true));
    work()
}

impl<T: Serialize> Serialize for Secret<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match IN_MEMORY.get() {
            true => self.0.serialize(to),
            false => Err(S::Error::custom(NOT_WRITTEN)),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match IN_MEMORY.get() {
            true => T::deserialize(from).map(Secret),
            false => Err(D::Error::custom(NOT_READ)),
        }
    }
}

/// What a type says of a reply may repeat it.
fn unsaid(_: Problem) -> Problem {
    Problem::new("this is not what was asked for")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_written_only_within_the_process() {
        let secret = Secret::new(1234);
        assert!(serde_json::to_string(&secret).is_err());
        let json = in_memory(|| serde_json::to_string(&secret)).expect("it stays here");
        assert!(serde_json::from_str::<Secret<u32>>(&json).is_err());
        let back: Secret<u32> = in_memory(|| serde_json::from_str(&json)).expect("it stays here");
        assert_eq!(*back.expose(), 1234);
    }
}
