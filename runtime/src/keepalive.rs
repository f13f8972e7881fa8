//! Telling a quiet peer from a lost one.

use std::time::Duration;

use crate::message::{Message, Text};
use crate::moment::Moment;

/// How a socket finds out that its peer is gone, and keeps proxies from cutting a quiet connection.
///
/// The default is [`PingPolicy::protocol`] with 20 s and 20 s.
///
/// ```
/// use std::time::Duration;
/// use converse::{PingPolicy, Received, WebSocket};
///
/// async fn watch(mut ws: WebSocket) {
///     ws.ping_policy(PingPolicy::message("ping-message", Duration::from_secs(10)));
///     while let Received::Message(message) = ws.receive().await {
///         println!("{message}"); // never an echoed "ping-message"
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PingPolicy(Policy);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Policy {
    Off,
    Protocol {
        every: Nanos,
        timeout: Nanos,
    },
    /// The text in a box: few connections have one.
    Message {
        text: Box<Text>,
        every: Nanos,
    },
}

/// A time, in half the room: each connection has a policy of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Nanos(u64);

impl Nanos {
    const SHORTEST: Self = Nanos::new(Duration::from_millis(1));

    /// Centuries are as good as never.
    const fn new(time: Duration) -> Self {
        let nanos = time.as_nanos();
        Nanos(if nanos > u64::MAX as u128 { u64::MAX } else { nanos as u64 })
    }

    fn behind(self, now: Moment) -> Option<Moment> {
        now.checked_add(Duration::from_nanos(self.0))
    }
}

impl PingPolicy {
    /// Nothing is sent for that, and a lost peer is noticed only when something is.
    pub const OFF: Self = PingPolicy(Policy::Off);

    /// How often a ping goes out, and how long the pong may take, if nobody says otherwise.
    pub(crate) const TIMES: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(20));

    /// A ping frame (RFC 6455 §5.5.2) goes out this often. A peer from which *nothing at all* comes within `timeout`
    /// of a ping is lost: every byte counts as life, so that a pong stuck behind a long message harms nobody. The
    /// connection is then closed with 1011, and [`receive`](crate::WebSocket::receive) says
    /// [`Close::ABNORMAL`](crate::Close::ABNORMAL).
    ///
    /// While a full inbox keeps the socket from reading, pings go out and no deadline runs: nothing can be heard. A peer that is
    /// gone is then noticed by TCP, since it acknowledges no ping; within what time, the operating system says, or the
    /// [`Server`](crate::Server), where it is one of those.
    pub const fn protocol(every: Duration, timeout: Duration) -> Self {
        PingPolicy(Policy::Protocol { every: Nanos::new(every), timeout: Nanos::new(timeout) })
    }

    /// A text message goes out this often, for peers that neither see pings nor send their own, as scripts in a
    /// browser. A peer may send it back: each one sent takes at most one equal text message out of what
    /// [`receive`](crate::WebSocket::receive) hands out. One that says nothing is not cut off.
    pub fn message(text: impl Into<Text>, every: Duration) -> Self {
        PingPolicy(Policy::Message { text: Box::new(text.into()), every: Nanos::new(every) })
    }
}

impl Default for PingPolicy {
    fn default() -> Self {
        PingPolicy::protocol(Self::TIMES.0, Self::TIMES.1)
    }
}

/// A policy at work. It is told the time and what came, and says what is due; it does no input or output.
#[derive(Debug)]
pub(crate) struct Keepalive {
    policy: Policy,
    /// When the next ping is due.
    next: Option<Moment>,
    owed: Owed,
}

/// What the peer has yet to say for it.
#[derive(Clone, Copy, Debug)]
enum Owed {
    /// So many messages went out whose echo has not come.
    Echoes(u32),
    /// Something must have come by then; so many bytes had when the ping went out.
    Sign { by: Moment, before: u64 },
}

impl Owed {
    const NOTHING: Self = Owed::Echoes(0);

    fn echoes(self) -> u32 {
        match self {
            Owed::Echoes(echoes) => echoes,
            Owed::Sign { .. } => 0,
        }
    }
}

/// What is known of the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// So many bytes have come from it so far.
    Heard(u64),
    /// It is not read from.
    Unread,
    /// It has yet to read what was written before, and would see no ping.
    Busy,
}

/// What is due.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Nothing,
    Ping,
    Message(Message),
    /// The peer is lost.
    Lost,
}

impl Keepalive {
    pub(crate) fn new(policy: PingPolicy, now: Moment) -> Self {
        let mut keepalive = Keepalive { policy: policy.0, next: None, owed: Owed::NOTHING };
        keepalive.schedule(now);
        keepalive
    }

    /// Changes the policy; echoes of the old one's message are then messages like any other.
    pub(crate) fn change(&mut self, policy: PingPolicy, now: Moment) {
        *self = Keepalive::new(policy, now);
    }

    /// When to call [`Keepalive::tick`].
    pub(crate) fn deadline(&self) -> Option<Moment> {
        match self.owed {
            Owed::Sign { by, .. } => Some(self.next.map_or(by, |next| next.min(by))),
            Owed::Echoes(_) => self.next,
        }
    }

    /// What is due, by what is known of the peer.
    pub(crate) fn tick(&mut self, now: Moment, peer: Peer) -> Due {
        if let Owed::Sign { by, before } = self.owed {
            match peer {
                Peer::Heard(bytes) if bytes == before && by <= now => return Due::Lost,
                Peer::Heard(bytes) if bytes == before => {}
                // Nobody is blamed for what cannot be heard.
                Peer::Heard(_) | Peer::Unread | Peer::Busy => self.owed = Owed::NOTHING,
            }
        }
        if self.next.is_none_or(|next| next > now) {
            return Due::Nothing;
        }
        self.schedule(now);
        match &self.policy {
            Policy::Off => Due::Nothing,
            _ if peer == Peer::Busy => Due::Nothing,
            Policy::Protocol { timeout, .. } => {
                if let (Owed::Echoes(_), Peer::Heard(before), Some(by)) = (self.owed, peer, timeout.behind(now)) {
                    self.owed = Owed::Sign { by, before };
                }
                Due::Ping
            }
            Policy::Message { text, .. } => {
                self.owed = Owed::Echoes(self.owed.echoes().saturating_add(1));
                Due::Message(Text::clone(text).into())
            }
        }
    }

    /// Whether `message` is a ping-message come back.
    pub(crate) fn is_echo(&mut self, message: &Message) -> bool {
        let Policy::Message { text, .. } = &self.policy else { return false };
        let echoes = self.owed.echoes();
        let is_echo = echoes > 0 && message.as_text() == Some(text.as_ref());
        if is_echo {
            self.owed = Owed::Echoes(echoes - 1);
        }
        is_echo
    }

    fn schedule(&mut self, now: Moment) {
        self.next = match self.policy {
            Policy::Off => None,
            // An interval of nothing would spin.
            Policy::Protocol { every, .. } | Policy::Message { every, .. } => every.max(Nanos::SHORTEST).behind(now),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn after(start: Moment, seconds: u32) -> Moment {
        start.checked_add(seconds * SECOND).expect("it comes")
    }

    #[test]
    fn a_peer_is_lost_when_nothing_comes_within_the_timeout_of_a_ping() {
        let start = Moment::now();
        let mut keepalive = Keepalive::new(PingPolicy::default(), start);
        assert_eq!(keepalive.tick(after(start, 19), Peer::Heard(7)), Due::Nothing);
        assert_eq!(keepalive.tick(after(start, 20), Peer::Heard(7)), Due::Ping);
        assert_eq!(keepalive.tick(after(start, 39), Peer::Heard(7)), Due::Nothing);
        assert_eq!(keepalive.tick(after(start, 40), Peer::Heard(7)), Due::Lost);
    }

    #[test]
    fn any_byte_is_a_sign_of_life() {
        let start = Moment::now();
        let mut keepalive = Keepalive::new(PingPolicy::default(), start);
        assert_eq!(keepalive.tick(after(start, 20), Peer::Heard(7)), Due::Ping);
        assert_eq!(keepalive.tick(after(start, 40), Peer::Heard(8)), Due::Ping);
        assert_eq!(keepalive.tick(after(start, 60), Peer::Heard(8)), Due::Lost);
    }

    #[test]
    fn frequent_pings_do_not_put_the_deadline_off() {
        let start = Moment::now();
        let mut keepalive = Keepalive::new(PingPolicy::protocol(SECOND, 3 * SECOND), start);
        for seconds in 1..4 {
            assert_eq!(keepalive.tick(after(start, seconds), Peer::Heard(0)), Due::Ping);
        }
        assert_eq!(keepalive.tick(after(start, 4), Peer::Heard(0)), Due::Lost);
    }

    #[test]
    fn who_does_not_listen_blames_nobody() {
        let start = Moment::now();
        let mut keepalive = Keepalive::new(PingPolicy::default(), start);
        assert_eq!(keepalive.tick(after(start, 20), Peer::Heard(7)), Due::Ping);
        assert_eq!(keepalive.tick(after(start, 39), Peer::Unread), Due::Nothing);
        assert_eq!(keepalive.tick(after(start, 400), Peer::Unread), Due::Ping, "it is asked all the same");
        assert_eq!(keepalive.tick(after(start, 419), Peer::Heard(7)), Due::Nothing);
        assert_eq!(keepalive.tick(after(start, 420), Peer::Busy), Due::Nothing);
        assert_eq!(keepalive.deadline(), Some(after(start, 440)));
    }

    #[test]
    fn each_ping_message_takes_one_echo() {
        let start = Moment::now();
        let mut keepalive = Keepalive::new(PingPolicy::message("ping-message", 10 * SECOND), start);
        assert!(!keepalive.is_echo(&"ping-message".into()));
        assert_eq!(keepalive.tick(after(start, 10), Peer::Heard(0)), Due::Message("ping-message".into()));
        assert!(!keepalive.is_echo(&"another".into()));
        assert!(keepalive.is_echo(&"ping-message".into()));
        assert!(!keepalive.is_echo(&"ping-message".into()));
    }

    #[test]
    fn an_endless_interval_is_none() {
        let start = Moment::now();
        assert_eq!(Keepalive::new(PingPolicy::protocol(Duration::MAX, SECOND), start).deadline(), None);
        assert_eq!(Keepalive::new(PingPolicy::OFF, start).deadline(), None);
    }
}
