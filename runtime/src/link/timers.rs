//! What happens to a link by itself: pings, and the end of patience.

use tokio::io::{AsyncRead, AsyncWrite};

use super::frames::PING;
use super::{End, Link, Phase, lost};
use crate::close::Close;
use crate::keepalive::{Due, Peer};
use crate::limits;
use crate::moment::Moment;

impl<IO: AsyncRead + AsyncWrite + Unpin> Link<IO> {
    /// When to call [`Link::tick`].
    pub(crate) fn deadline(&mut self) -> Option<Moment> {
        let stall = self.aside.stall().and_then(|stalled| stalled.since.checked_add(limits::STALL));
        let [ping, asks] = match self.phase {
            Phase::Open => [self.keepalive.deadline(), self.asks],
            phase => {
                self.until = self.until.or_else(|| phase.time().and_then(Moment::after));
                [None; 2]
            }
        };
        [self.until, stall, ping, asks].into_iter().flatten().min()
    }

    /// Does what is due. `reading` is whether the caller goes on calling [`Link::read`].
    pub(crate) fn tick(&mut self, now: Moment, reading: bool) -> Option<End> {
        if self.until.is_some_and(|until| until <= now) {
            let awaited = matches!(self.phase, Phase::Open | Phase::Closing);
            self.phase = Phase::Over;
            return awaited.then(|| lost("closing took too long"));
        }
        if let Some(stalled) = self.aside.stall_mut()
            && now.since(stalled.since) >= limits::STALL
        {
            if self.written == stalled.written {
                self.phase = Phase::Over;
                return Some(lost("the peer does not read"));
            }
            (stalled.since, stalled.written) = (now, self.written);
        }
        if self.phase != Phase::Open {
            return None;
        }
        if self.asks.is_some_and(|due| due <= now) {
            self.ask(now);
        }
        let peer = match (self.has_room(), reading) {
            // That it stops reading has its own deadline.
            (false, _) => Peer::Busy,
            (true, false) => Peer::Unread,
            (true, true) => Peer::Heard(self.read),
        };
        match self.keepalive.tick(now, peer) {
            Due::Nothing => None,
            Due::Ping => {
                self.give(PING, &[]);
                None
            }
            Due::Message(message) => {
                self.write(message);
                None
            }
            Due::Lost => {
                self.fail(&Close::new(Close::INTERNAL, "keepalive ping timeout"));
                Some(lost("keepalive ping timeout"))
            }
        }
    }
}
