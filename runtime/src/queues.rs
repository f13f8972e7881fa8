//! How much waits on either side of a connection, and what becomes of more.

use crate::limits;

/// How much of what has come waits for a handler, and how much of what was said waits for the client to read it, in bytes.
/// A message takes its own length of that, and 1 KiB at least: so what is bounded in bytes is bounded in messages, too. One
/// that is larger than all of it has it alone.
///
/// | what | unless it is said | when it is full |
/// |---|---|---|
/// | what has come | 256 KiB | the socket is not read, and the client's writes wait |
/// | what was said | 256 KiB | as [`WhenFull`] says; by default [`send`](crate::WebSocket::send) waits |
///
/// ```
/// use axum::{Router, routing::any};
/// use converse::{Queues, Upgrade, WebSocket, WhenFull};
///
/// async fn prices(mut ws: WebSocket) -> converse::Result {
///     loop {
///         // Who reads too slowly does not hear all of them.
///         ws.send("17.5").await?;
///         tokio::time::sleep(std::time::Duration::from_millis(100)).await;
///     }
/// }
///
/// let queues = Queues::default().outbox(16 << 10).when_full(WhenFull::Drop);
/// let app: Router = Router::new().route("/prices", any(move |upgrade: Upgrade| async move {
///     upgrade.queues(queues).on_socket(prices)
/// }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queues {
    pub(crate) sizes: Sizes,
    pub(crate) when_full: WhenFull,
}

/// How much waits on either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    inbox: u32,
    outbox: u32,
}

/// What becomes of a message for a client that does not read as fast as it is spoken to: the outbox has no room for it, and
/// the system takes nothing more of what is there. That is tried first, so that to say much at once is no reason. What a
/// conversation says is never dropped: without it the next question could not be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenFull {
    /// It waits, and whoever sends it. A client that reads nothing for 20 s is given up.
    #[default]
    Wait,
    /// It is not sent, and nobody is told: for what is soon said anew. What is queued stays, so that the gap is behind
    /// what the client still gets, and never before it.
    Drop,
    /// The connection is closed, with 1013. What a client that comes back to a conversation hears again is up to 64 KiB: with an
    /// outbox that is smaller, and a slow line, it may be closed each time.
    Close,
}

impl Queues {
    /// How much of what has come waits, in bytes; 1 KiB at least.
    #[must_use]
    pub const fn inbox(mut self, bytes: usize) -> Self {
        self.sizes.inbox = size(bytes);
        self
    }

    /// How much of what was said waits, in bytes; 1 KiB at least.
    #[must_use]
    pub const fn outbox(mut self, bytes: usize) -> Self {
        self.sizes.outbox = size(bytes);
        self
    }

    /// What becomes of what is said beyond that.
    #[must_use]
    pub const fn when_full(mut self, what: WhenFull) -> Self {
        self.when_full = what;
        self
    }

    pub(crate) const DEFAULT: Self = Queues { sizes: Sizes::DEFAULT, when_full: WhenFull::Wait };
}

impl Sizes {
    pub(crate) const DEFAULT: Self = Sizes { inbox: size(limits::QUEUE), outbox: size(limits::QUEUE) };

    /// The room for what was said.
    pub(crate) fn room(&self) -> u32 {
        self.outbox
    }

    /// What a message with so much payload takes of that.
    pub(crate) fn said(&self, payload: usize) -> u32 {
        taken(payload, self.outbox)
    }

    /// What one takes that has come.
    pub(crate) fn came(&self, payload: usize) -> u32 {
        taken(payload, self.inbox)
    }

    /// Whether no more may come.
    pub(crate) fn is_full(&self, held: u32) -> bool {
        held >= self.inbox
    }
}

/// What a message takes of a queue of this size.
fn taken(payload: usize, of: u32) -> u32 {
    payload.clamp(limits::SMALL, of as usize) as u32
}

impl Default for Queues {
    fn default() -> Self {
        Queues::DEFAULT
    }
}

/// So that a message beyond it, too, can be counted.
const fn size(bytes: usize) -> u32 {
    match bytes {
        ..limits::SMALL => limits::SMALL as u32,
        0x2000_0000.. => 0x1fff_ffff,
        _ => bytes as u32,
    }
}
