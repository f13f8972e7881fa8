//! One connection: its I/O, the codec, the closing handshake and the timers. It is polled by hand and never waits.
//!
//! tungstenite's codec runs on a [`Bridge`] right from the poll functions. What tungstenite leaves to its caller is
//! here: a close frame for every error, a bounded wait for the peer's, and reading what is still on its way, since
//! closing a TCP socket on unread bytes resets it and takes the close frame along.

mod bridge;

use std::io::{self, Read};
use std::task::{Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Error as Fault, Message as Wire};

use self::bridge::Bridge;
use crate::close::Close;
use crate::error::Error;
use crate::keepalive::{Due, Keepalive, PingPolicy};
use crate::limits::{self, Limits};
use crate::message::{Message, Text};

/// A connection after its handshake, on the server's side.
pub(crate) struct Link<IO> {
    codec: tungstenite::WebSocket<Bridge<IO>>,
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
        let config = WebSocketConfig::default()
            .read_buffer_size(limits::READ)
            .write_buffer_size(limits::WRITE)
            // One fragment that did not go, the next one, and control frames.
            .max_write_buffer_size(4 * limits::WRITE)
            .max_message_size(Some(limits.message))
            .max_frame_size(Some(limits.message));
        let bridge = Bridge::new(io, early.len());
        let codec = match early.is_empty() {
            true => tungstenite::WebSocket::from_raw_socket(bridge, Role::Server, Some(config)),
            false => tungstenite::WebSocket::from_partially_read(bridge, early.into(), Role::Server, Some(config)),
        };
        Link {
            codec,
            phase: Phase::Open,
            until: None,
            rest: None,
            unflushed: false,
            broken: false,
            stalled: None,
            keepalive: Keepalive::new(pings, Instant::now()),
        }
    }

    /// Has `waker` woken when reading or writing can go on.
    pub(crate) fn wake(&mut self, waker: &Waker) {
        self.codec.get_mut().wake(waker);
    }

    pub(crate) fn set_limits(&mut self, limits: Limits) {
        self.codec.set_config(|config| {
            config.max_message_size = Some(limits.message);
            config.max_frame_size = Some(limits.message);
        });
    }

    pub(crate) fn set_pings(&mut self, pings: PingPolicy) {
        self.keepalive.change(pings, Instant::now());
    }

    pub(crate) fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// Reads on: to the next message, to the connection's end, or until there is nothing to read. Without `room` for
    /// another message nothing is read, and the peer has to wait.
    pub(crate) fn poll_read(&mut self, room: bool) -> Poll<Event> {
        loop {
            match self.phase {
                Phase::Open if !room && self.broken => {
                    self.phase = Phase::Over;
                    return Poll::Ready(lost(""));
                }
                Phase::Open if !room => return Poll::Pending,
                Phase::Open | Phase::Closing => {}
                Phase::LastWords | Phase::Draining(_) | Phase::Over => return Poll::Pending,
            }
            let event = match self.codec.read() {
                Ok(Wire::Text(text)) => self.received(Text::from_frame(text).into()),
                Ok(Wire::Binary(bytes)) => self.received(bytes.into()),
                Ok(Wire::Ping(_) | Wire::Pong(_) | Wire::Frame(_)) => {
                    self.unflushed = true; // A pong may be due.
                    None
                }
                Ok(Wire::Close(frame)) => Some(self.peer_closed(frame)),
                Err(Fault::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
                Err(fault) => Some(self.fault(fault)),
            };
            if let Some(event) = event {
                return Poll::Ready(event);
            }
        }
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
        self.unflushed = true; // The reply to it.
        Event::Closed(match frame {
            Some(frame) => Close::new(frame.code.into(), frame.reason.as_str().to_owned()),
            None => Close::new(Close::NO_STATUS, ""),
        })
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

    /// Whether a message can be written now.
    pub(crate) fn has_room(&self) -> bool {
        self.phase == Phase::Open && !self.broken && self.rest.is_none() && self.stalled.is_none()
    }

    /// Takes a message, for the next flush. To be called where there is room.
    pub(crate) fn write(&mut self, message: Message) {
        debug_assert!(self.has_room());
        self.rest = Some(match message {
            Message::Text(text) => (Data::Text, text.into_frame().into()),
            Message::Binary(bytes) => (Data::Binary, bytes),
        });
        self.write_rest();
    }

    fn write_rest(&mut self) {
        while self.stalled.is_none()
            && let Some((kind, mut payload)) = self.rest.take()
        {
            let fragment = payload.split_to(payload.len().min(limits::WRITE));
            let last = payload.is_empty();
            if !last {
                self.rest = Some((Data::Continue, payload));
            }
            self.give(Wire::Frame(Frame::message(fragment, OpCode::Data(kind), last)));
        }
    }

    fn give(&mut self, frame: Wire) {
        self.unflushed = true;
        let result = self.codec.write(frame);
        self.wrote(result);
    }

    /// Writes out what the codec holds, as far as the peer takes it.
    pub(crate) fn flush(&mut self) {
        while self.unflushed && self.phase != Phase::Over {
            let result = self.codec.flush();
            let stopped = self.wrote(result);
            if stopped {
                return;
            }
            self.stalled = None;
            self.unflushed = false;
            self.write_rest();
        }
        if self.phase == Phase::LastWords {
            self.stalled = None;
            self.enter(Phase::Draining(limits::DRAIN_BYTES), limits::DRAIN);
        }
        self.drain();
    }

    /// Notes how a write went; whether it went no further.
    fn wrote(&mut self, result: Result<(), Fault>) -> bool {
        match result {
            Ok(()) => false,
            // The reply to the peer's close has gone.
            Err(Fault::ConnectionClosed) if self.phase == Phase::LastWords => false,
            Err(Fault::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                let written = self.codec.get_ref().written;
                self.stalled.get_or_insert_with(|| (Instant::now(), written));
                true
            }
            Err(_) => {
                (self.broken, self.unflushed, self.rest) = (true, false, None);
                true
            }
        }
    }

    /// Says that a close follows as soon as the last message is written, so that writing them cannot take forever.
    pub(crate) fn finish(&mut self) {
        if self.phase == Phase::Open && self.until.is_none() {
            self.until = Instant::now().checked_add(limits::FLUSH);
        }
    }

    /// Closes, behind everything that was written. To be called where there is room.
    pub(crate) fn close(&mut self, close: &Close) {
        if self.phase == Phase::Open {
            self.enter(Phase::Closing, limits::CLOSE);
            self.give_close(close);
        }
    }

    /// Closes without waiting for an answer.
    fn fail(&mut self, close: Close) {
        self.rest = None;
        let said = self.phase == Phase::Closing;
        self.enter(Phase::LastWords, limits::CLOSE);
        if !said {
            self.give_close(&close);
        }
    }

    fn give_close(&mut self, close: &Close) {
        self.unflushed = true;
        let frame = CloseFrame { code: close.code.into(), reason: close.reason.as_ref().into() };
        let result = self.codec.close(Some(frame));
        self.wrote(result);
    }

    fn enter(&mut self, phase: Phase, time: Duration) {
        self.phase = phase;
        self.until = Instant::now().checked_add(time);
    }

    fn drain(&mut self) {
        let Phase::Draining(mut left) = self.phase else { return };
        let bridge = self.codec.get_mut();
        let mut scratch = [0; limits::READ];
        let over = match bridge.shutdown() {
            Err(error) => error.kind() != io::ErrorKind::WouldBlock,
            Ok(()) => loop {
                match bridge.read(&mut scratch) {
                    Ok(read) if read > 0 && read <= left => left -= read,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break false,
                    Ok(_) | Err(_) => break true,
                }
            },
        };
        self.phase = if over { Phase::Over } else { Phase::Draining(left) };
    }

    /// When to call [`Link::tick`].
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let stall = self.stalled.and_then(|(since, _)| since.checked_add(limits::STALL));
        let ping = if self.phase == Phase::Open { self.keepalive.deadline() } else { None };
        [self.until, stall, ping].into_iter().flatten().min()
    }

    /// Does what is due. `reading` is whether the caller goes on calling [`Link::poll_read`].
    pub(crate) fn tick(&mut self, now: Instant, reading: bool) -> Option<Event> {
        if self.until.is_some_and(|until| until <= now) {
            let awaited = matches!(self.phase, Phase::Open | Phase::Closing);
            self.phase = Phase::Over;
            return awaited.then(|| lost("closing took too long"));
        }
        if let Some((since, before)) = self.stalled
            && now.duration_since(since) >= limits::STALL
        {
            let written = self.codec.get_ref().written;
            if written == before {
                self.phase = Phase::Over;
                return Some(lost("the peer does not read"));
            }
            self.stalled = Some((now, written));
        }
        if self.phase != Phase::Open {
            return None;
        }
        // A peer that is still busy reading has not seen the ping yet; that it stops reading has its own deadline.
        let heard = (reading && self.has_room()).then_some(self.codec.get_ref().read);
        match self.keepalive.tick(now, heard) {
            Due::Nothing => None,
            Due::Ping => {
                self.give(Wire::Ping(Bytes::new()));
                None
            }
            Due::Message(message) => {
                self.write(message);
                None
            }
            Due::Lost => {
                self.fail(Close::new(Close::INTERNAL, "keepalive ping timeout"));
                Some(lost("keepalive ping timeout"))
            }
        }
    }
}

fn lost(why: &'static str) -> Event {
    Event::Closed(Close::new(Close::ABNORMAL, why))
}
