//! How a session ends, and what its client is told.

use crate::close::Close;
use crate::sessions::Unkept;
use crate::wire::Gone;

/// Why a session is over.
pub(super) enum Ending {
    /// The conversation is.
    Closed(Close),
    /// The client has gone: there is nobody left to talk to.
    Left,
    /// The client does not keep to what was agreed upon.
    Amiss(Close),
    /// Nothing is to be done while nobody is there.
    Idle,
    /// Its code has panicked, or made what cannot be said. What is stored stands.
    Broken,
    /// It cannot be stored by this session.
    Unkept(Unkept),
}

impl Ending {
    /// What the client is told; nothing where there is none.
    pub(super) fn close(self, conversation: &str) -> Option<Close> {
        Some(match self {
            Ending::Left | Ending::Idle => return None,
            Ending::Amiss(close) => close,
            Ending::Closed(close) => close.sendable().unwrap_or_else(|error| {
                tracing::error!(conversation, %error, "the conversation's close cannot be sent");
                internal()
            }),
            Ending::Broken | Ending::Unkept(Unkept::Refused) => internal(),
            Ending::Unkept(Unkept::Taken | Unkept::Moved) => {
                Close::new(Close::REPLACED, "another connection has taken its place")
            }
            Ending::Unkept(Unkept::Late) => Close::new(Close::RESTART, "it has begun elsewhere: connect again"),
            Ending::Unkept(Unkept::Left(why)) => Close::new(Close::RESTART, why),
            Ending::Unkept(Unkept::Unavailable) => Close::new(Close::TRY_AGAIN, "try again later"),
        })
    }
}

impl From<Gone> for Ending {
    fn from(_: Gone) -> Self {
        Ending::Left
    }
}

fn internal() -> Close {
    Close::new(Close::INTERNAL, "")
}
