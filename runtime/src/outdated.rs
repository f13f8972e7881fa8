//! What becomes of a stored conversation whose state nothing reads any more.

/// What a conversation's `on outdated` says: what becomes of one whose stored state this build cannot read.
///
/// One that a later build has stored is left to that build, whatever this says.
///
/// ```
/// use converse::{Conversation, Outdated, prelude::*};
///
/// conversation! {
///     /// Takes an order.
///     pub Order {
///         on outdated => close 4000, "Our menu has changed.";
///         let dish: String = ask "Which dish?";
///         say "{dish}.";
///     }
/// }
///
/// assert_eq!(Order::OUTDATED, Outdated::Close(4000, "Our menu has changed."));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outdated {
    /// It is set aside, its client is told this, and it begins again.
    Restart(&'static str),
    /// It is left as it is, for a build that can read it; its client is closed with 1012.
    Park,
    /// It is set aside, and ends: its client is closed with this code and reason.
    Close(u16, &'static str),
}

impl Outdated {
    /// What becomes of it where nothing is said: it begins again.
    pub const DEFAULT: Outdated = Outdated::Restart("This conversation has changed since. It begins again.");
}
