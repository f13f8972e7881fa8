//! How much one connection may hold, and how long it may take.

use std::time::Duration;

/// The largest message that a socket takes: 64 KiB unless a handler says otherwise.
///
/// ```
/// use converse::Limits;
///
/// let photos = Limits::default().max_message_size(8 << 20);
/// # let _ = photos;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) message: usize,
}

impl Limits {
    /// The largest incoming message, and frame of one, in bytes of payload. A bigger one closes the connection with
    /// 1009 (RFC 6455 §7.4.1).
    ///
    /// One header can make a server set aside this much before a byte of payload has come: it is what a single
    /// stranger may cost.
    #[must_use]
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.message = bytes;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits { message: 64 * 1024 }
    }
}

/// What is read at once of whatever comes first, without a buffer that waits for it.
pub(crate) const SCRATCH: usize = 16 * 1024;
/// What is read at once within a message, at least and at most: in between, as much as is missing of its frame.
pub(crate) const READ: usize = 4 * 1024;
pub(crate) const MOST: usize = 64 * 1024;
/// What is written at once: longer messages go out as fragments of this size, so no buffer outgrows it for long.
pub(crate) const WRITE: usize = 16 * 1024;
/// What either queue of a connection holds, in bytes.
pub(crate) const QUEUE: usize = 256 * 1024;
/// A payload up to this size is copied out of the read buffer, which it would otherwise keep alive as a whole.
pub(crate) const SMALL: usize = 1024;

/// For the 101 to be written and the connection to be ours.
pub(crate) const HANDSHAKE: Duration = Duration::from_secs(10);
/// For a peer that does not read to read on.
pub(crate) const STALL: Duration = Duration::from_secs(20);
/// For what is queued to leave before a close.
pub(crate) const FLUSH: Duration = Duration::from_secs(10);
/// For the peer to answer a close.
pub(crate) const CLOSE: Duration = Duration::from_secs(5);
/// For the peer to hang up once nothing more is said.
pub(crate) const DRAIN: Duration = Duration::from_secs(1);
/// How much of what the peer still sends is read away meanwhile, in bytes.
pub(crate) const DRAIN_BYTES: usize = 16 << 20;

/// What a message counts for in a queue: small ones are not free.
pub(crate) fn cost(payload: usize) -> usize {
    payload.clamp(SMALL, QUEUE)
}
