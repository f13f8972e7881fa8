//! How much one connection may hold, and how long it may take.

use std::num::NonZeroU32;
use std::time::Duration;

/// How much a client may send. What goes beyond that closes its connection, and nothing else.
///
/// | what | unless it is said | closes with |
/// |---|---|---|
/// | a message, and a frame of one | 64 KiB | 1009 |
/// | the frames of one message | 1,024, or one for every 64 bytes that it may have | 1008 |
/// | messages in a second, control frames included | 10,000, and as many at once | 1008 |
///
/// ```
/// use converse::Limits;
///
/// let photos = Limits::default().max_message_size(8 << 20);
/// let commands = Limits::default().max_message_size(1024).max_messages_per_second(20);
/// # let _ = (photos, commands);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) message: usize,
    fragments: Option<NonZeroU32>,
    pub(crate) rate: u32,
}

impl Limits {
    /// The largest incoming message, and frame of one, in bytes of payload. A bigger one closes the connection with
    /// 1009 (RFC 6455 §7.4.1).
    ///
    /// A message is kept until it is there as a whole: this is what a single stranger may cost.
    #[must_use]
    pub const fn max_message_size(mut self, bytes: usize) -> Self {
        self.message = bytes;
        self
    }

    /// Into how many frames a message may be divided (RFC 6455 §5.4). More of them close the connection with 1008: frames
    /// without a payload cost work, and no message ever comes of them. There is always one: 0 is 1.
    #[must_use]
    pub const fn max_fragments(mut self, frames: u32) -> Self {
        self.fragments = NonZeroU32::new(if frames == 0 { 1 } else { frames });
        self
    }

    /// How many messages may come in a second, over time; as many may come at once, after a pause. More close the
    /// connection with 1008. Pings and other control frames count, since each costs as much. `u32::MAX` is no limit.
    ///
    /// Where the socket was not read for a while, as what has come [waits](crate::Queues::inbox) for the handler, what comes
    /// behind that may have come in that time, and counts for all of it.
    #[must_use]
    pub const fn max_messages_per_second(mut self, messages: u32) -> Self {
        self.rate = messages;
        self
    }

    pub(crate) const DEFAULT: Self = Limits { message: 64 * 1024, fragments: None, rate: 10_000 };

    pub(crate) fn fragments(&self) -> u32 {
        let fair = u32::try_from(self.message / 64).unwrap_or(u32::MAX);
        self.fragments.map_or(fair.max(1024), NonZeroU32::get)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits::DEFAULT
    }
}

/// What is read at once, to where nothing waits for it. A message of 16 KiB is there by one read.
pub(crate) const SCRATCH: usize = 32 * 1024;
/// What is set aside at most for what a frame only announces.
pub(crate) const AHEAD: usize = 64 * 1024;
/// What is written at once: longer messages go out as fragments of this size, so no buffer outgrows it for long.
pub(crate) const WRITE: usize = 16 * 1024;
/// What the head of a frame takes at most that a server sends, in bytes (RFC 6455 §5.2).
pub(crate) const HEAD: usize = 10;
/// How many frames one connection takes before the others of its thread have their turn: each may lead to a turn of a
/// conversation, for which those wait.
pub(crate) const FRAMES: u8 = 24;
/// For how many of them one counts with which no message has come.
pub(crate) const EMPTY: u8 = 3;
/// How many bytes of answers wait for as long as more is read at the same time.
pub(crate) const TOGETHER: usize = 4 * 1024;
/// What either queue of a connection holds, in bytes, unless it is said.
pub(crate) const QUEUE: usize = 256 * 1024;
/// What the smallest message counts for in a queue.
pub(crate) const SMALL: usize = 1024;

/// For a peer to say something by itself, before it is asked what has arrived.
pub(crate) const QUIET: Duration = Duration::from_millis(200);
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
pub(crate) const DRAIN_BYTES: u32 = 16 << 20;
