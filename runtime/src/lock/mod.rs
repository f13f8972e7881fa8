//! Deploys that lose no conversation: [`lock!`](crate::lock!), which compares a build with those before it, and
//! [`preflight`], which compares it with what a store holds.
//!
//! A conversation is stored by the names of its question and of the variables that are kept there. What a build needs and
//! another one has not stored is lost: the conversation begins again. Both say so before a client notices.

pub(crate) mod check;
mod compare;
mod file;
mod loss;
mod preflight;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use self::loss::Loss;
pub use self::preflight::{Finding, PreflightError, Report, preflight};

/// Makes a test that fails where a stored conversation would not survive a change.
///
/// The file, beside the crate's `Cargo.toml` or in a folder there, holds every form in which these conversations were
/// stored by a release, and belongs under version control. `CONVERSE_LOCK=overwrite cargo test` writes it.
///
/// ```
/// use converse::prelude::*;
///
/// conversation! {
///     /// Gets to know somebody.
///     pub Introduction {
///         let name: String = ask "What is your name?";
///         let age: u8 = ask "And your age?";
///         say "You're {name}, and you are {age} old.";
///     }
/// }
///
/// converse::lock!("conversations.lock": Introduction);
/// # fn main() {}
/// ```
///
/// The test fails, and says what to do, where
///
/// - a question is gone that a release had, or a whole conversation;
/// - a variable is needed at a question or after it that a release did not keep there, even an `Option`, or is of a type that
///   does not read what is stored: a wider number and an `Option` of what was there do;
/// - none of that is so, but the file does not have the conversation as it is now.
///
/// New questions, other texts, another order and variables that are needed no more lose nothing, and neither does what the
/// conversation says how to read: `#[was = "…"]`, `#[default]`, `on outdated "…" => …`. Types are compared by
/// their names: what becomes of a type of your own is for you, and serde's attributes, to look after.
///
/// One file has one list: a conversation that is in the file and not in the list counts as gone. A conversation that
/// another one of the list runs is stored within it, and has to be in the list, too, by its own name.
#[macro_export]
macro_rules! lock {
    ($file:literal : $($conversation:ty),+ $(,)?) => {
        #[cfg(test)]
        #[test]
        fn stored_conversations_survive() {
            $crate::__private::stored_conversations_survive(
                ::core::env!("CARGO_MANIFEST_DIR"),
                $file,
                &[$(<$conversation as $crate::Conversation>::FLOW),+],
            );
        }
    };
    ($($other:tt)*) => {
        ::core::compile_error!("a lock is a file and its conversations: `lock!(\"conversations.lock\": Order, Visit);`");
    };
}
