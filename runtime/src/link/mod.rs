//! One connection: its I/O, the codec, the closing handshake and the timers. It is polled by hand and never waits.
//!
//! tungstenite's codec runs on a [`Bridge`] right from the poll functions, and is there only while it holds something: a
//! connection on which nothing happens has no buffer. What tungstenite leaves to its caller is here: a close frame for every
//! error, a bounded wait for the peer's, and reading what is still on its way, since closing a TCP socket on unread bytes
//! resets it and takes the close frame along.

mod bridge;
mod frames;
mod rate;
mod timers;
mod write;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::frame::coding::Data;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error as Fault, Message as Wire};

use self::bridge::Bridge;
use self::rate::Rate;
use crate::close::Close;
use crate::error::Error;
use crate::keepalive::{Keepalive, PingPolicy};
use crate::limits::{self, Limits};
use crate::message::{Message, Text};
use crate::observe;

/// A connection after its handshake, on the server's side.
pub(crate) struct Link<IO> {
    bridge: Bridge<IO>,
    /// There while it holds something: of the peer's, or for it.
    codec: Option<Box<WebSocketContext>>,
    limits: Limits,
    rate: Rate,
    /// How many of the messages that have come were handed out by the codec.
    taken: u64,
    /// How many more frames may be read before others have their turn.
    turn: u32,
    /// What was closed with, by whoever was first.
    code: u16,
    phase: Phase,
    /// By when the phase has to be over.
    until: Option<Instant>,
    /// What of a long message has yet to be given to the codec.
    rest: Option<(Data, Bytes)>,
    /// Something was given to the codec since the last flush.
    unflushed: bool,
    /// Writing has failed. Why, and whether the peer had closed before, reading tells.
    broken: bool,
    /// The peer does not read: since when, and how many bytes had gone by then.
    stalled: Option<(Instant, u64)>,
    keepalive: Keepalive,
    /// The last number that a ping has carried, and the last that a pong has brought back.
    numbered: u64,
    heard: Arc<AtomicU64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    /// Our close is on its way, the peer's is awaited.
    Closing,
    /// Both sides have closed, or the peer made a mistake: what is in the buffers goes out, nothing else counts.
    LastWords,
    /// Nothing goes out any more; so many bytes may still come.
    Draining(usize),
    Over,
}

/// What a read brought.
#[derive(Debug)]
pub(crate) enum Event {
    Message(Message),
    /// The peer closed, or was lost. After this and the next two no message comes.
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
            bridge: Bridge::new(io),
            codec: None,
            limits,
            rate: Rate::default(),
            taken: 0,
            turn: limits::FRAMES,
            code: Close::ABNORMAL,
            phase: Phase::Open,
            until: None,
            rest: None,
            unflushed: false,
            broken: false,
            stalled: None,
            keepalive: Keepalive::new(pings, Instant::now()),
            numbered: 0,
            heard: Arc::default(),
        };
        if !early.is_empty() {
            link.bridge.pass(&early);
            link.take_up(early.into());
        }
        link
    }

    /// Has `waker` woken when reading or writing can go on.
    pub(crate) fn wake(&mut self, waker: &Waker) {
        self.bridge.wake(waker);
    }

    /// Lets another [`limits::FRAMES`] be read: to be called whenever the connection's task runs.
    pub(crate) fn begin_turn(&mut self) {
        self.turn = limits::FRAMES;
    }

    pub(crate) fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
        if let Some(codec) = &mut self.codec {
            codec.set_config(|config| {
                config.max_message_size = Some(limits.message);
                config.max_frame_size = Some(limits.message);
            });
        }
    }

    /// The codec, and what it reads from and writes to.
    fn codec(&mut self) -> (&mut WebSocketContext, &mut Bridge<IO>) {
        if self.codec.is_none() {
            self.take_up(Vec::new());
        }
        (self.codec.as_mut().expect("it was put there"), &mut self.bridge)
    }

    /// Puts a codec there that goes on from what was read. What is known to be missing of a frame, it reads at once.
    fn take_up(&mut self, read: Vec<u8>) {
        let missing = self.bridge.frames.missing().min(self.limits.message);
        let config = WebSocketConfig::default()
            .read_buffer_size(missing.saturating_add(limits::READ).min(limits::MOST))
            .write_buffer_size(limits::WRITE)
            // One fragment that did not go, the next one, and control frames.
            .max_write_buffer_size(4 * limits::WRITE)
            .max_message_size(Some(self.limits.message))
            .max_frame_size(Some(self.limits.message));
        self.codec = Some(Box::new(WebSocketContext::from_partially_read(read, Role::Server, Some(config))));
    }

    /// Whether the codec has handed out everything that has come.
    fn is_read_off(&self) -> bool {
        self.taken == self.bridge.frames.messages && self.bridge.frames.is_between()
    }

    /// Lets go of a codec that holds nothing.
    fn let_go(&mut self) {
        if self.phase == Phase::Open && !self.unflushed && self.is_read_off() {
            self.codec = None;
        }
    }

    fn read(&mut self) -> Result<Wire, Fault> {
        self.let_go();
        if self.codec.is_none() {
            let read = self.bridge.read_some()?;
            if read.is_empty() {
                return Err(Fault::Protocol(ProtocolError::ResetWithoutClosingHandshake));
            }
            self.take_up(read);
        }
        let (codec, bridge) = self.codec();
        let wire = codec.read(bridge)?;
        self.taken += 1;
        Ok(wire)
    }

    pub(crate) fn set_pings(&mut self, pings: PingPolicy) {
        self.keepalive.change(pings, Instant::now());
    }

    /// Has the last number that came back noted here.
    pub(crate) fn note_in(&mut self, heard: Arc<AtomicU64>) {
        self.heard = heard;
    }

    /// Counts what it was, once it is over.
    pub(crate) fn observe(&self) {
        observe::closed(self.code, self.bridge.read, self.bridge.written);
    }

    fn note(&mut self, code: u16) {
        if self.code == Close::ABNORMAL {
            self.code = code;
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// Reads on: to the next message, to the connection's end, or until there is nothing to read. Without `room` for
    /// another message nothing is read, and the peer has to wait.
    pub(crate) fn poll_read(&mut self, room: bool) -> Poll<Event> {
        loop {
            match self.phase {
                Phase::Open if !room => return self.nothing_to_read(),
                // What one read brought is answered by one write, before the next.
                Phase::Open if self.is_read_off() => self.flush(),
                Phase::Open | Phase::Closing => {}
                Phase::LastWords | Phase::Draining(_) | Phase::Over => return Poll::Pending,
            }
            if self.turn == 0 {
                self.bridge.come_again();
                return Poll::Pending;
            }
            self.turn -= 1;
            let read = self.read();
            if let Some(why) = self.excess() {
                let close = Close::new(Close::POLICY, why);
                self.fail(close.clone());
                return Poll::Ready(Event::Closed(close));
            }
            let event = match read {
                Ok(Wire::Text(text)) => self.received(Text::from_frame(text).into()),
                Ok(Wire::Binary(bytes)) => self.received(bytes.into()),
                Ok(Wire::Pong(payload)) => {
                    self.answered(&payload);
                    None
                }
                Ok(Wire::Ping(_) | Wire::Frame(_)) => {
                    self.unflushed = true; // A pong may be due.
                    None
                }
                Ok(Wire::Close(frame)) => Some(self.peer_closed(frame)),
                Err(Fault::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => return self.nothing_to_read(),
                Err(fault) => Some(self.fault(fault)),
            };
            if let Some(event) = event {
                return Poll::Ready(event);
            }
        }
    }

    /// What there is too much of.
    fn excess(&mut self) -> Option<&'static str> {
        let frames = &self.bridge.frames;
        if frames.fragments > self.limits.fragments() {
            return Some("too many fragments");
        }
        self.rate.is_exceeded(frames.messages, self.limits.rate, Instant::now).then_some("too many messages")
    }

    /// Notes the number that comes back in a pong. The peer may send what it likes: what was not asked does not count.
    fn answered(&self, payload: &[u8]) {
        if let Ok(number) = payload.try_into().map(u64::from_be_bytes)
            && number <= self.numbered
        {
            self.heard.fetch_max(number, Ordering::Release);
        }
    }

    fn nothing_to_read(&mut self) -> Poll<Event> {
        if self.broken {
            self.phase = Phase::Over;
            return Poll::Ready(lost(""));
        }
        Poll::Pending
    }

    fn received(&mut self, message: Message) -> Option<Event> {
        // Between our close and the peer's, messages come from a peer that does not know yet.
        if self.phase != Phase::Open || self.keepalive.is_echo(&message) {
            return None;
        }
        Some(Event::Message(message.detached(limits::SMALL)))
    }

    fn peer_closed(&mut self, frame: Option<CloseFrame>) -> Event {
        self.enter(Phase::LastWords, limits::CLOSE);
        (self.unflushed, self.rest) = (true, None); // What goes out now is the reply, and nothing behind it.
        let close = match frame {
            Some(frame) => Close::new(frame.code.into(), frame.reason.as_str().to_owned()),
            None => Close::new(Close::NO_STATUS, ""),
        };
        self.note(close.code);
        Event::Closed(close)
    }

    fn fault(&mut self, fault: Fault) -> Event {
        let (code, event) = match fault {
            Fault::Io(_)
            | Fault::ConnectionClosed
            | Fault::AlreadyClosed
            | Fault::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
                self.phase = Phase::Over;
                return lost("");
            }
            Fault::Capacity(CapacityError::MessageTooLong { max_size, .. }) => {
                (Close::TOO_BIG, Event::TooBig { limit: max_size })
            }
            Fault::Utf8(_) => (Close::INVALID_DATA, Event::Failed(Error::protocol(fault))),
            _ => (Close::PROTOCOL, Event::Failed(Error::protocol(fault))),
        };
        self.fail(Close::new(code, ""));
        event
    }

    fn enter(&mut self, phase: Phase, time: Duration) {
        self.phase = phase;
        self.until = Instant::now().checked_add(time);
    }
}

fn lost(why: &'static str) -> Event {
    Event::Closed(Close::new(Close::ABNORMAL, why))
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::Context;

    use tokio::io::ReadBuf;

    use super::*;

    /// Says nothing any more, and takes whatever it is told.
    struct Silent;

    impl AsyncRead for Silent {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    impl AsyncWrite for Silent {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[test]
    fn a_peer_that_sends_without_end_lets_others_have_their_turn() {
        let ping = [0x89, 0x80, 0, 0, 0, 0];
        let mut link = Link::new(Silent, ping.repeat(70).into(), Limits::default(), PingPolicy::OFF);
        for read in [32, 64, 70, 70] {
            link.begin_turn();
            assert!(link.poll_read(true).is_pending());
            assert_eq!(link.taken, read);
        }
    }
}
