//! End to end: a client that is not ours against a server that is, over duplex pipes with a clock that stands still,
//! and over TCP where TCP is what matters.

mod arrived;
mod bounds;
mod closing;
mod contained;
mod conversations;
mod crowd;
mod drain;
mod durable;
mod events;
mod forwarded;
mod full;
#[cfg(target_os = "linux")]
mod half_open;
mod handshake;
mod hostile;
mod http2;
mod identity;
mod keepalive;
mod keys;
#[cfg(target_os = "linux")]
mod listen;
mod messages;
mod metrics;
mod noise;
mod outage;
mod outdated;
mod policy;
mod protocol;
mod rollout;
mod routes;
mod sealed;
mod session;
mod shutdown;
mod stalled;
mod streams;
mod support;
#[cfg(target_os = "linux")]
mod systemd;
mod tickets;
mod tls;
mod tokens;
mod traced;
#[cfg(unix)]
mod unix;
mod unread;
