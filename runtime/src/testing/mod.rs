//! Tests of conversations: a dialogue written as text is a test.
//!
//! ```
//! use converse::prelude::*;
//! use converse::testing::dialogue;
//!
//! conversation! {
//!     /// Gets to know a visitor.
//!     pub Introduction {
//!         let name: String = ask "What is your name?" where !name.is_empty() else "Please, insert your name!";
//!         let age: u8 = ask "And your age?" within 30s;
//!         say "You're {name}, and you are {age} old.";
//!     }
//! }
//!
//! # // In a test this stands in a function with `#[test]`.
//! dialogue(|| Introduction).check(
//!     "
//!     < What is your name?
//!     >
//!     < Please, insert your name!
//!     < What is your name?
//!     > Ada
//!     < And your age?
//!     ~ 31s
//!     ! silence
//!     ",
//! );
//! ```
//!
//! # What a line says
//!
//! | sign | |
//! |---|---|
//! | `< text` | what the client is told, in its order and all of it |
//! | `> text` | what the client says |
//! | `: text` | one more line of the message above |
//! | `~ 1h 30min` | time passes: `ms`, `s`, `min`, `h`, `d` |
//! | `* Paid { amount: 3 }` | the server sends an event, written as in Rust or as JSON, read by serde |
//! | `! end` | the conversation has its value: closed with 1000 |
//! | `! silence` | nobody answered in time: closed with 4408 |
//! | `! 4001 sold out` | it is closed with this code and reason |
//! | `# text` | a remark, as is an empty line |
//!
//! A message that is a JSON object or list is compared as JSON; `json …` in front of it says so to a reader. `binary 0xCAFE` is
//! a binary message, and `> binary photo.png` sends what is in the file. A text that could be taken for something else, or has
//! spaces around it, stands in quotes: `> " x"`, `> "binary"`. Spaces in front of a line do not count.
//!
//! # What is checked
//!
//! The dialogue is played by the code that serves it: sessions, a store, the conversation. Only the socket and the clock are the
//! test's: time passes where the transcript says so, and nowhere else.
//!
//! Then it is played again, many times: at each place where the conversation waits, once with the connection broken there and
//! once with the process killed, everything dropped, and gone on with from the store. The client comes back at once. It has to
//! be told again what was said last, and from then on the same as before.
//!
//! So a transcript fails where a conversation forgets something, or where a type is not read back as it was stored.
//! What a conversation depends on is made anew for each of these, by what [`Dialogue::with`] is given.
//!
//! [`route`] plays the same transcripts through a router and a WebSocket, and [`address`] at an address.

mod accept;
mod check;
mod client;
mod coverage;
mod dialogue;
mod draw;
mod literal;
mod play;
mod process;
mod replies;
mod report;
mod sample;
mod script;
mod stored;
pub(crate) mod trace;
mod transcript;
mod walk;
mod wire;

pub use self::coverage::{Coverage, Missed, coverage};
pub use self::dialogue::{Dialogue, dialogue};
pub use self::wire::{App, Wire, address, route};
pub use crate::__assert_covered as assert_covered;
