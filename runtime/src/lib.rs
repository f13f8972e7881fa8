//! Conversations over WebSockets, written as straight-line Rust and compiled to state machines.

mod close;
mod conversation;
mod error;
mod message;
mod reply;
mod serve;
mod socket;
mod upgrade;

pub use crate::close::Close;
pub use crate::conversation::{Clock, Conversation, Finish, Input, Outbox, Slot, Talk};
pub use crate::error::{Error, Result};
pub use crate::message::{Binary, IntoMessage, Json, Message, Text};
pub use crate::reply::{Problem, Reply};
pub use crate::serve::serve;
pub use crate::socket::WebSocket;
pub use crate::upgrade::{Outcome, Upgrade};
pub use converse_flow as flow;
pub use converse_macros::{conversation, routes, ws_route};

/// What a handler and a conversation need, in one `use`.
pub mod prelude {
    pub use crate::{Binary, Conversation, Json, Message, WebSocket, conversation, routes, ws_route};
}

/// What the macros' output names. Not for use by hand: it changes in any release.
#[doc(hidden)]
pub mod __private {
    pub use crate::conversation::{Clock, Conversation, Input, Slot, Talk};
    pub use crate::reply::Reply;
    pub use converse_flow as flow;
}
