//! One connection: its I/O, the closing handshake, the peer's mistakes and the timers. It is polled by hand and never waits.
//!
//! A connection on which nothing happens has no buffer: what is read is taken apart where it was read to, and only what is not
//! there as a whole is kept. Every error has a close frame, the wait for the peer's is bounded, and what is still on its way is
//! read, since closing a TCP socket on unread bytes resets it and takes the close frame along.

mod frames;
mod incoming;
mod rate;
mod things;
mod timers;
mod unread;
mod write;

use std::mem::{self, MaybeUninit};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::tungstenite;

use self::incoming::{Came, Fault, Incoming};
use self::rate::Rate;
use self::things::Things;
use self::unread::Unread;
use crate::aside::Aside;
use crate::close::Close;
use crate::error::Error;
use crate::keepalive::{Keepalive, PingPolicy};
use crate::limits::{self, Limits};
use crate::message::Message;
use crate::moment::Moment;
use crate::observe;

/// What is left of a turn where none has begun.
const NONE_YET: u8 = u8::MAX;

/// A connection after its handshake, on the server's side.
pub(crate) struct Link<IO> {
    io: IO,
    /// Dropping that tells the peer that nothing more comes.
    ends_by_drop: bool,
    /// How many bytes have come, and how many have gone.
    read: u64,
    written: u64,
    limits: Limits,
    rate: Rate,
    incoming: Incoming,
    aside: Aside<Things>,
    /// What is not taken apart yet needs more.
    needs_more: bool,
    /// How many more frames are taken before others have their turn.
    turn: u8,
    /// A message was the last that came, but for a close.
    talks: bool,
    /// What was closed with, by whoever was first, as it is counted.
    code: u16,
    phase: Phase,
    /// How many bytes may still come once both sides have closed, or the peer has made a mistake: none of one that has closed.
    left: u32,
    /// By when the phase has to be over. Of one that has just begun, this is known once somebody [asks](Self::deadline): most are
    /// over by then.
    until: Option<Moment>,
    /// Frames that are to be sent, and how much of them was: never much, as long messages go out in parts.
    out: Vec<u8>,
    sent: u32,
    writes: Writes,
    keepalive: Keepalive,
    /// The last number that a ping has carried, or is to carry, and when that ping is due.
    numbered: u64,
    asks: Option<Moment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    /// Our close is on its way, the peer's is awaited.
    Closing,
    /// Both sides have closed, or the peer made a mistake: what is in the buffers goes out, nothing else counts.
    LastWords,
    /// Everything has gone out.
    HangingUp,
    /// The peer is told so.
    Draining,
    Over,
}

impl Phase {
    /// How long it may take.
    fn time(self) -> Option<Duration> {
        match self {
            Phase::Open | Phase::Over => None,
            Phase::Closing | Phase::LastWords => Some(limits::CLOSE),
            Phase::HangingUp | Phase::Draining => Some(limits::DRAIN),
        }
    }
}

/// What becomes of what is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writes {
    /// All of it has gone.
    Done,
    Due,
    /// Nothing goes any more. Why, and whether the peer had closed before, reading tells.
    Failed,
}

/// Takes what a read brings.
pub(crate) trait Take: FnMut(Event) -> Taken {}

impl<T: FnMut(Event) -> Taken> Take for T {}

/// Whether somebody is to look at what was taken before the connection ends, and whether there is room for more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) looks: bool,
    pub(crate) has_room: bool,
}

/// What a read brought.
#[derive(Debug)]
pub(crate) enum Event {
    Message(Message),
    /// The peer has got everything up to the output of this number.
    Heard(u64),
    /// After this no message comes.
    End(End),
}

/// How a connection ends.
#[derive(Debug)]
pub(crate) enum End {
    /// The peer closed, or was lost.
    Closed(Close),
    TooBig {
        limit: usize,
    },
    /// The peer broke the protocol.
    Failed(Error),
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Link<IO> {
    /// A connection from which the handshake has already read `early`.
    pub(crate) fn new(io: IO, early: Bytes, limits: Limits, pings: PingPolicy) -> Self {
        let mut link = Link {
            io,
            ends_by_drop: false,
            read: early.len() as u64,
            written: 0,
            limits,
            rate: Rate::default(),
            incoming: Incoming::default(),
            aside: Aside::default(),
            needs_more: false,
            turn: NONE_YET,
            talks: false,
            code: Close::ABNORMAL,
            phase: Phase::Open,
            left: 0,
            until: None,
            out: Vec::new(),
            sent: 0,
            writes: Writes::Done,
            keepalive: Keepalive::new(pings, Moment::now()),
            numbered: 0,
            asks: None,
        };
        link.leave_unread(early);
        link
    }

    /// The same, with something of the handshake that has yet to be written.
    pub(crate) fn behind(self, kept: Vec<u8>) -> Self {
        let writes = if kept.is_empty() { Writes::Done } else { Writes::Due };
        Link { writes, out: kept, ..self }
    }

    /// The same, over a socket of the system's, if so: those tell the peer of the end when they are dropped, as by a shutdown. With
    /// something unread in them they reset the connection.
    pub(crate) fn ending_by_drop(self, ends_by_drop: bool) -> Self {
        Link { ends_by_drop, ..self }
    }

    /// Lets another [`limits::FRAMES`] be taken: to be called whenever the connection's task runs. Whether it is the first time.
    pub(crate) fn begin_turn(&mut self) -> bool {
        mem::replace(&mut self.turn, limits::FRAMES) == NONE_YET
    }

    /// Whether others go first: the peer has said nothing yet, or sends what no message comes of. The first turn is a part of the
    /// handshake, which has given way itself.
    pub(crate) fn gives_way(&self) -> bool {
        !self.talks && self.turn != NONE_YET
    }

    pub(crate) fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    pub(crate) fn set_pings(&mut self, pings: PingPolicy) {
        self.keepalive.change(pings, Moment::now());
    }

    /// Counts what it was, once it is over.
    pub(crate) fn observe(&self) {
        observe::closed(self.code, self.read, self.written);
    }

    fn note(&mut self, code: u16) {
        if self.code == Close::ABNORMAL {
            self.code = code;
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// Reads until there is nothing to read, and hands over what comes. Without room for another message nothing is read, and the
    /// peer has to wait; and where somebody is to look at what one read brought, that comes first.
    #[inline(always)] // into its only caller, whatever else is compiled with it
    pub(crate) fn read(&mut self, cx: &mut Context<'_>, room: bool, mut take: impl Take) {
        let mut taken = Taken { looks: false, has_room: room };
        while self.reads(taken) {
            if let Some(held) = self.aside.take(|things| &mut things.held) {
                taken = self.pass(held, taken, &mut take);
                continue;
            }
            let mut unread = self.aside.take(|things| &mut things.unread).unwrap_or_default();
            if !unread.is_empty() && !self.needs_more {
                let mut left = Unread::new(&unread);
                taken = self.take_apart(&mut left, taken, &mut take);
                unread = unread.slice_ref(left.left());
            } else {
                if self.phase == Phase::Open {
                    // What one read brought is answered by one write, before the next.
                    self.flush(cx);
                }
                let mut scratch = [MaybeUninit::uninit(); limits::SCRATCH];
                let mut buffer = ReadBuf::uninit(&mut scratch);
                buffer.put_slice(&unread);
                match Pin::new(&mut self.io).poll_read(cx, &mut buffer) {
                    Poll::Pending => {
                        self.leave_unread(unread);
                        if self.aside.get().is_some() {
                            self.forget_backlog();
                        }
                        break;
                    }
                    Poll::Ready(Ok(())) if buffer.filled().len() > unread.len() => {
                        self.read += (buffer.filled().len() - unread.len()) as u64;
                    }
                    Poll::Ready(_) => {
                        self.phase = Phase::Over;
                        take(Event::End(lost("")));
                        return;
                    }
                }
                let mut left = Unread::new(buffer.filled());
                taken = self.take_apart(&mut left, taken, &mut take);
                unread = Bytes::copy_from_slice(left.left());
            }
            self.leave_unread(unread);
            if taken.looks {
                return;
            }
        }
        if !taken.has_room {
            self.note_backlog();
        }
        if self.turn == 0 {
            // Behind the others.
            cx.waker().wake_by_ref();
        }
        if self.has_failed() {
            self.phase = Phase::Over;
            take(Event::End(lost("")));
        }
    }

    /// Whether writing has failed, and reading has yet to tell what of it comes.
    pub(crate) fn has_failed(&self) -> bool {
        self.writes == Writes::Failed && matches!(self.phase, Phase::Open | Phase::Closing)
    }

    /// Whether what comes next is read.
    fn reads(&self, taken: Taken) -> bool {
        match self.phase {
            _ if self.turn == 0 => false,
            Phase::Open => taken.has_room,
            Phase::Closing => true,
            Phase::LastWords | Phase::HangingUp | Phase::Draining | Phase::Over => false,
        }
    }

    fn leave_unread(&mut self, bytes: Bytes) {
        if !bytes.is_empty() {
            self.aside.things().unread = Some(bytes);
        }
    }

    /// Takes apart what was read, as far as it is there as a whole and there is room for it.
    fn take_apart(&mut self, unread: &mut Unread<'_>, mut taken: Taken, take: &mut impl Take) -> Taken {
        let mut now = None;
        while self.reads(taken) {
            let Some(came) = self.incoming.next(unread, &self.limits) else {
                self.needs_more = true;
                return taken;
            };
            let is_message = matches!(came, Ok(Came::Message(_)));
            if !matches!(came, Ok(Came::Close(_))) {
                self.talks = is_message;
            }
            self.turn = self.turn.saturating_sub(if is_message { 1 } else { limits::EMPTY });
            let is_part = matches!(came, Ok(Came::Part));
            let now = || *now.get_or_insert_with(Moment::now);
            if !is_part && self.rate.is_exceeded(self.limits.rate, now) && !self.has_waited() {
                taken = take(Event::End(self.exceeded("too many messages")));
            } else if taken.looks && matches!(came, Ok(Came::Close(_)) | Err(_)) {
                self.aside.things().held = Some(came);
                break;
            } else {
                taken = self.pass(came, taken, take);
            }
        }
        self.needs_more = false;
        taken
    }

    /// Hands over what has come, if it is for anybody.
    fn pass(&mut self, came: Result<Came, Fault>, before: Taken, take: &mut impl Take) -> Taken {
        let event = match came {
            Ok(Came::Message(message)) => self.received(message),
            Ok(Came::Part) => None,
            Ok(Came::Pong(payload)) => self.answered(&payload).map(Event::Heard),
            Ok(Came::Ping(payload)) => {
                self.pong(payload);
                None
            }
            Ok(Came::Close(close)) => Some(Event::End(self.peer_closed(close))),
            Err(fault) => Some(Event::End(self.fault(fault))),
        };
        event.map_or(before, take)
    }

    /// Ends what there is too much of.
    fn exceeded(&mut self, why: &'static str) -> End {
        let close = Close::new(Close::POLICY, why);
        self.fail(&close);
        End::Closed(close)
    }

    /// The number that comes back in a pong. The peer may send what it likes: what was not asked does not count.
    fn answered(&self, payload: &[u8]) -> Option<u64> {
        payload.try_into().map(u64::from_be_bytes).ok().filter(|number| *number <= self.numbered)
    }

    fn received(&mut self, message: Message) -> Option<Event> {
        // Between our close and the peer's, messages come from a peer that does not know yet.
        if self.phase != Phase::Open || self.keepalive.is_echo(&message) {
            return None;
        }
        // What it leads to has a later number.
        self.asks = None;
        Some(Event::Message(message))
    }

    fn peer_closed(&mut self, close: Option<Close>) -> End {
        let close = match close {
            Some(close) if !close.is_receivable() => Some(Close::new(Close::PROTOCOL, "Protocol violation")),
            close => close,
        };
        self.note(observe::from_peer(close.as_ref().map_or(Close::NO_STATUS, |close| close.code)));
        if self.phase == Phase::Open {
            self.give_close(close.as_ref());
        }
        // Who answers ours has read all that there was, and nothing can be lost.
        let answers = self.phase == Phase::Closing && self.writes == Writes::Done;
        self.enter(if answers && self.ends_by_drop { Phase::Over } else { Phase::LastWords });
        self.aside.take(|things| &mut things.rest); // What goes out now is the reply, and nothing behind it.
        End::Closed(close.unwrap_or_else(|| Close::new(Close::NO_STATUS, "")))
    }

    fn fault(&mut self, fault: Fault) -> End {
        let (code, end) = match fault {
            Fault::TooManyFragments => return self.exceeded("too many fragments"),
            Fault::TooBig => (Close::TOO_BIG, End::TooBig { limit: self.limits.message }),
            Fault::Text(error) => (Close::INVALID_DATA, End::Failed(Error::protocol(error.into()))),
            Fault::Protocol(error) => {
                (Close::PROTOCOL, End::Failed(Error::protocol(tungstenite::Error::Protocol(error))))
            }
        };
        self.fail(&Close::new(code, ""));
        end
    }

    fn enter(&mut self, phase: Phase) {
        (self.phase, self.until) = (phase, None);
    }
}

fn lost(why: &'static str) -> End {
    End::Closed(Close::new(Close::ABNORMAL, why))
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use futures_util::FutureExt;
    use tokio::io::AsyncReadExt;

    use super::*;
    use crate::woken::Woken;

    #[tokio::test]
    async fn a_peer_that_sends_without_end_lets_others_have_their_turn() {
        let (near, _far) = tokio::io::duplex(1024);
        let frame = [0x81, 0x81, 0, 0, 0, 0, b'x'];
        let many = usize::from(limits::FRAMES) * 2 + 6;
        let mut link = Link::new(near, frame.repeat(many).into(), Limits::default(), PingPolicy::OFF);
        let ([woken], [waker]) = Woken::some();
        let mut read = 0;
        for (expected, times) in [(many - 6 - usize::from(limits::FRAMES), 1), (many - 6, 2), (many, 2), (many, 2)] {
            link.begin_turn();
            link.read(&mut Context::from_waker(&waker), true, |_| {
                read += 1;
                Taken { looks: false, has_room: true }
            });
            assert_eq!((read, woken.times()), (expected, times));
        }
    }

    #[tokio::test]
    async fn only_a_peer_that_does_not_know_of_the_end_is_waited_for() {
        let [close, mistake] = [[0x88, 0x80, 0, 0, 0, 0], [0x83, 0x80, 0, 0, 0, 0]];
        for (said, is_answer, ends_by_drop, is_over, is_shut) in [
            (close, false, false, true, true),
            (close, false, true, true, false),
            (close, true, false, true, true),
            (close, true, true, true, false),
            (mistake, false, true, false, true),
            (mistake, true, true, false, true),
        ] {
            let (near, mut far) = tokio::io::duplex(1024);
            let link = Link::new(near, said.to_vec().into(), Limits::default(), PingPolicy::OFF);
            let mut link = link.ending_by_drop(ends_by_drop);
            let mut cx = Context::from_waker(Waker::noop());
            if is_answer {
                link.close(&Close::new(Close::NORMAL, ""));
                link.flush(&mut cx);
            }
            link.begin_turn();
            link.read(&mut cx, true, |_| Taken { looks: false, has_room: true });
            assert_eq!(link.is_over(), is_answer && is_over && ends_by_drop, "{said:x?}");
            link.flush(&mut cx);
            assert_eq!(link.is_over(), is_over, "{said:x?}");
            assert_eq!(far.read_to_end(&mut Vec::new()).now_or_never().is_some(), is_shut, "{said:x?}");
        }
    }
}
