//! What a route says of its sockets, beside its pattern.

use std::time::Duration;

use crate::keepalive::PingPolicy;
use crate::limits::Limits;
use crate::origins::Origins;
use crate::queues::{Queues, WhenFull};
use crate::upgrade::Upgrade;

/// What is not said is as it is for every other route.
#[derive(Debug)]
#[must_use]
pub struct Policy {
    limits: Limits,
    /// How often, and how long the pong may take; nothing where there are none.
    pings: Option<(Duration, Duration)>,
    pub(super) origins: Option<Origins>,
    protocols: &'static [&'static str],
    queues: Queues,
}

impl Policy {
    /// Says nothing yet.
    pub const NONE: Self = Policy {
        limits: Limits::DEFAULT,
        pings: Some(PingPolicy::TIMES),
        origins: None,
        protocols: &[],
        queues: Queues::DEFAULT,
    };

    /// The largest message, in bytes.
    pub const fn max_message(mut self, bytes: usize) -> Self {
        self.limits = self.limits.max_message_size(bytes);
        self
    }

    /// Into how many frames a message may be divided.
    pub const fn max_fragments(mut self, frames: u32) -> Self {
        self.limits = self.limits.max_fragments(frames);
        self
    }

    /// How many messages may come in a second.
    pub const fn max_messages_per_second(mut self, messages: u32) -> Self {
        self.limits = self.limits.max_messages_per_second(messages);
        self
    }

    /// How often a ping goes out.
    pub fn ping(mut self, every: Duration) -> Self {
        self.pings = Some((every, self.pings.unwrap_or(PingPolicy::TIMES).1));
        self
    }

    /// How long the answer to one may take.
    pub fn pong(mut self, within: Duration) -> Self {
        self.pings = self.pings.map(|(every, _)| (every, within));
        self
    }

    /// No pings, and no deadline for an answer.
    pub fn no_pings(mut self) -> Self {
        self.pings = None;
        self
    }

    /// Which pages may open a socket, beside those of the same host.
    pub fn origins(mut self, origins: &'static [&'static str]) -> Self {
        self.origins = Some(Origins::listed(origins));
        self
    }

    /// Any page may open a socket.
    pub fn any_origin(mut self) -> Self {
        self.origins = Some(Origins::dangerous_any());
        self
    }

    /// The subprotocols that are spoken, the best one first.
    pub const fn protocols(mut self, protocols: &'static [&'static str]) -> Self {
        self.protocols = protocols;
        self
    }

    /// How much of what has come waits, in bytes.
    pub const fn inbox(mut self, bytes: usize) -> Self {
        self.queues = self.queues.inbox(bytes);
        self
    }

    /// How much of what was said waits, in bytes.
    pub const fn outbox(mut self, bytes: usize) -> Self {
        self.queues = self.queues.outbox(bytes);
        self
    }

    /// What becomes of more.
    pub const fn when_full(mut self, what: WhenFull) -> Self {
        self.queues = self.queues.when_full(what);
        self
    }

    pub(super) fn apply(self, upgrade: Upgrade) -> Upgrade {
        let pings = self.pings.map_or(PingPolicy::OFF, |(every, within)| PingPolicy::protocol(every, within));
        upgrade.limits(self.limits).ping_policy(pings).protocols(self.protocols).queues(self.queues)
    }
}
