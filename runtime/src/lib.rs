//! Conversations over WebSockets, written as straight-line Rust and compiled to state machines.

/// A place where a test can have the process die; nothing without the feature `failpoints`.
macro_rules! crash_point {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        crate::failpoints::reached($name);
    };
}

/// For `fuzz/` alone: it changes at any time.
#[cfg(fuzzing)]
#[doc(hidden)]
#[path = "fuzzing.rs"]
pub mod __fuzzing;
mod accepted;
mod alarm;
mod amiss;
mod announce;
mod aside;
mod boxed;
mod choice;
mod clock;
mod close;
mod connection;
mod conversation;
mod driver;
mod editor;
mod error;
mod event;
#[cfg(feature = "failpoints")]
#[doc(hidden)]
pub mod failpoints;
mod handshake;
mod held;
mod history;
mod keepalive;
mod lane;
mod limits;
mod line;
mod link;
pub mod lock;
mod message;
mod moment;
mod observe;
mod once;
mod open;
mod origins;
mod outdated;
mod pinned;
mod queues;
mod random;
mod registry;
mod remember;
mod reply;
mod rest;
mod route;
mod secret;
mod serve;
mod session;
mod sessions;
mod socket;
pub mod store;
mod talk;
#[cfg(feature = "testing")]
pub mod testing;
mod timer;
mod upgrade;
mod wire;
#[cfg(test)]
mod woken;
mod words;

pub use crate::choice::{Choice, Options};
pub use crate::close::Close;
pub use crate::conversation::{Conversation, Dependencies, Input, Slot};
pub use crate::error::{Error, Result};
pub use crate::event::{Event, Never};
pub use crate::handshake::UpgradeRejection;
pub use crate::held::Held;
pub use crate::keepalive::PingPolicy;
pub use crate::limits::Limits;
pub use crate::lock::preflight;
pub use crate::message::{Binary, IntoMessage, Json, Message, Text};
pub use crate::once::Once;
pub use crate::origins::Origins;
pub use crate::outdated::Outdated;
pub use crate::queues::{Queues, WhenFull};
pub use crate::registry::{ConnectionId, Connections, Taken};
pub use crate::remember::Remember;
pub use crate::reply::{Problem, Reply};
pub use crate::secret::Secret;
#[cfg(feature = "tls")]
pub use crate::serve::Tls;
pub use crate::serve::{Listener, Server, health, serve};
#[cfg(feature = "encryption")]
pub use crate::sessions::Keys;
pub use crate::sessions::{Sessions, Ticket, WithSessions};
pub use crate::socket::{Received, Sender, WebSocket};
pub use crate::talk::{Clock, Finish, Outbox, Talk};
pub use crate::upgrade::{Outcome, Upgrade};
pub use converse_flow as flow;
/// Implements the trait [`Choice`](trait@Choice) for an enum of unit variants, and `FromStr`, so that questions can ask for it.
///
/// A variant is read by its name as words, without case, or by its number, counted from 1. `#[choice(label = "XL")]` at a
/// variant says what it is called, and `#[choice(alias = "extra")]`, any number of times, what else it is read by.
pub use converse_macros::Choice;
#[doc = include_str!("docs/conversation.md")]
pub use converse_macros::conversation;
#[doc = include_str!("docs/routes.md")]
pub use converse_macros::routes;
#[doc = include_str!("docs/ws_route.md")]
pub use converse_macros::ws_route;

/// What a handler and a conversation need, in one `use`.
pub mod prelude {
    pub use crate::{
        Binary, Choice, Conversation, Json, Message, Received, Remember, Secret, WebSocket, conversation, routes,
        ws_route,
    };
}

/// What the macros' output names. Not for use by hand: it changes in any release.
#[doc(hidden)]
pub mod __private {
    pub use crate::__editor as editor;
    pub use crate::choice::{Named, choose, options};
    pub use crate::conversation::{Conversation, Dependencies, Input, Slot};
    pub use crate::event::Event;
    pub use crate::lock::check::{check as check_lock, stored_conversations_survive};
    pub use crate::remember::{Stored, Unstored, Variable, Variables, migrate, remembered, restore};
    pub use crate::reply::{
        Reply, is_one_of, read_among, read_or_nothing, read_several, read_several_among, read_verbatim_or_nothing,
    };
    pub use crate::rest::Rest;
    pub use crate::route::{
        Extractor, IntoConversation, PathParameter, Policy, Refusal, Request, RouteOf, Routed, State, WsRoute, add,
        converse, hold, not_a_route, on_socket,
    };
    pub use crate::talk::{Clock, Talk};
    pub use crate::timer::Timer;
    pub use axum::Router;
    pub use axum::extract::FromRef;
    pub use axum::response::Response;
    pub use converse_flow as flow;
    pub use serde;

    /// Which way a turn has taken, told by the code of a conversation that is tested.
    #[cfg(feature = "testing")]
    pub mod trace {
        pub use crate::testing::trace::{arrives, asked, leaves, met, ran, returns, runs};
    }

    /// What only editors read.
    pub mod words {
        pub use crate::words::*;
    }
}
