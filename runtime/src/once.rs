//! What is told to something that is done `once`.

use std::fmt;

/// What `talk` is inside of a `once`: it knows the key under which the outside world can tell whether it was done already.
///
/// ```
/// # #[derive(Clone)] struct Bank;
/// # impl Bank { async fn charge(&self, cents: u32, key: &str) -> u32 { cents } }
/// converse::conversation! {
///     /// Buys credit.
///     pub TopUp with (bank: Bank) {
///         let cents: u32 = ask "How many cents?";
///         let charged: u32 = once bank.charge(cents, talk.idempotency_key()).await;
///         say "You were charged {charged} cents.";
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    key: String,
}

impl Once {
    /// A key that is the same for the same `once` of the same conversation however often it is tried, and for no other: a
    /// service that takes such keys (`Idempotency-Key`) does only once what a crash made the conversation try again.
    pub fn idempotency_key(&self) -> &str {
        &self.key
    }
}

/// How many things a conversation has done once.
#[derive(Clone, Copy)]
pub(crate) struct Onces<'t> {
    /// What the conversation is called: few turns need it as text.
    pub(crate) id: &'t (dyn fmt::Display + Sync),
    pub(crate) done: u64,
}

impl Default for Onces<'_> {
    fn default() -> Self {
        Onces { id: &"", done: 0 }
    }
}

impl fmt::Debug for Onces<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Onces({}/{})", self.id, self.done)
    }
}

impl Onces<'_> {
    /// The next one. Its number tells it from the same one in another round of a loop.
    pub(crate) fn next(self, name: &str) -> Once {
        let Onces { id, done } = self;
        Once { key: format!("{id}/{done}/{name}") }
    }
}
