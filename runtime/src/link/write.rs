//! Writing: as much as the peer takes, the last words, and hanging up.

use std::io::{self, Read};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error as Fault, Message as Wire};

use super::{Link, Phase};
use crate::close::Close;
use crate::limits;
use crate::message::Message;

impl<IO: AsyncRead + AsyncWrite + Unpin> Link<IO> {
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

    /// Sends the number of the output that was written last, as a ping: a pong with it comes only behind all of that.
    pub(crate) fn number(&mut self, output: u64) {
        self.numbered = output;
        self.give(Wire::Ping(Bytes::copy_from_slice(&output.to_be_bytes())));
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

    pub(super) fn give(&mut self, frame: Wire) {
        self.unflushed = true;
        let (codec, bridge) = self.codec();
        let result = codec.write(bridge, frame);
        self.wrote(result);
    }

    /// Writes out what the codec holds, as far as the peer takes it.
    pub(crate) fn flush(&mut self) {
        while self.unflushed && self.phase != Phase::Over {
            let result = self.codec.as_mut().map_or(Ok(()), |codec| codec.flush(&mut self.bridge));
            let stopped = self.wrote(result);
            if stopped {
                return;
            }
            self.stalled = None;
            self.unflushed = false;
            self.write_rest();
        }
        self.let_go();
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
                let written = self.bridge.written;
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
    pub(super) fn fail(&mut self, close: Close) {
        self.rest = None;
        let said = self.phase == Phase::Closing;
        self.enter(Phase::LastWords, limits::CLOSE);
        if !said {
            self.give_close(&close);
        }
    }

    fn give_close(&mut self, close: &Close) {
        self.note(close.code);
        self.unflushed = true;
        let frame = CloseFrame { code: close.code.into(), reason: close.reason.as_ref().into() };
        let (codec, bridge) = self.codec();
        // A pong that is due would go out behind the close. What is amiss with writing, the close finds out, too.
        let _ = codec.flush(bridge);
        let result = codec.close(bridge, Some(frame));
        self.wrote(result);
    }

    /// Shuts the write side down, and reads away what the peer sent before it knew.
    fn drain(&mut self) {
        let Phase::Draining(mut left) = self.phase else { return };
        let bridge = &mut self.bridge;
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
}
