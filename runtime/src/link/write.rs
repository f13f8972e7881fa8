//! Writing: as much as the peer takes, the last words, and hanging up.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::frames::{self, BINARY, CONTINUE, PING, PONG, TEXT};
use super::things::Stall;
use super::{Link, Phase, Writes};
use crate::close::Close;
use crate::limits;
use crate::message::Message;
use crate::moment::Moment;

impl<IO: AsyncRead + AsyncWrite + Unpin> Link<IO> {
    /// Whether a message can be written now.
    pub(crate) fn has_room(&self) -> bool {
        let is_full = self.out.len() >= limits::WRITE || self.aside.has_rest() || self.aside.stall().is_some();
        self.phase == Phase::Open && self.writes != Writes::Failed && !is_full
    }

    /// For how many bytes of messages there is room now, of which the last may go beyond it.
    pub(crate) fn room(&self) -> usize {
        if self.has_room() { limits::WRITE - self.out.len() } else { 0 }
    }

    /// Has room for so many bytes that are about to be written.
    pub(crate) fn expect(&mut self, bytes: usize) {
        // What goes beyond that comes with the next flush.
        self.out.reserve_exact(bytes.min(self.room() + limits::HEAD));
    }

    /// Takes a message, for the next flush. To be called where there is room.
    pub(crate) fn write(&mut self, message: Message) {
        debug_assert!(self.has_room());
        let (opcode, payload) = match message {
            Message::Text(text) => (TEXT, text.into_frame().into()),
            Message::Binary(bytes) => (BINARY, bytes),
        };
        self.give_part(opcode, payload);
    }

    /// Asks whether the output that was written last has arrived, by its number, once the peer has been quiet for a while:
    /// one that answers at once need not be asked.
    pub(crate) fn number(&mut self, output: u64) {
        self.numbered = output;
        self.asks = Moment::after(limits::QUIET);
    }

    /// Does so, by a ping: a pong with the number comes only behind all that was written before.
    pub(super) fn ask(&mut self, now: Moment) {
        self.asks = if self.has_room() { None } else { now.checked_add(limits::QUIET) };
        if self.asks.is_none() {
            self.give(PING, &self.numbered.to_be_bytes());
        }
    }

    /// Answers a ping; of several that come while the peer does not read, the last.
    pub(super) fn pong(&mut self, ping: Bytes) {
        match (self.phase, self.aside.stall_mut()) {
            (Phase::Open, None) => self.give(PONG, &ping),
            (Phase::Open, Some(stalled)) => stalled.ping = Some(ping),
            _ => {}
        }
    }

    /// Makes a frame of what is not too long for one, and leaves the rest for later.
    fn give_part(&mut self, opcode: u8, mut payload: Bytes) {
        if payload.len() > limits::WRITE {
            self.aside.things().rest = Some(payload.split_off(limits::WRITE));
        }
        self.put(opcode, !self.aside.has_rest(), &payload);
    }

    pub(super) fn give(&mut self, opcode: u8, payload: &[u8]) {
        self.put(opcode, true, payload);
    }

    fn put(&mut self, opcode: u8, is_last: bool, payload: &[u8]) {
        if self.writes != Writes::Failed {
            frames::put(&mut self.out, opcode, is_last, payload);
            self.writes = Writes::Due;
        }
    }

    /// Writes out what there is, unless it is little and more comes of what was read: its turn is over, and it runs again.
    pub(crate) fn flush_together(&mut self, cx: &mut Context<'_>) {
        let waits = self.turn == 0 && self.phase == Phase::Open && self.out.len() < limits::TOGETHER;
        if !waits {
            self.flush(cx);
        }
    }

    /// Writes out what there is, as far as the peer takes it.
    #[inline]
    pub(crate) fn flush(&mut self, cx: &mut Context<'_>) {
        if self.writes == Writes::Due || self.phase != Phase::Open {
            self.flush_out(cx);
        }
    }

    fn flush_out(&mut self, cx: &mut Context<'_>) {
        while self.writes == Writes::Due && self.phase != Phase::Over {
            match self.poll_write(cx) {
                Poll::Ready(Ok(())) => self.writes = Writes::Done,
                Poll::Pending => {
                    let written = self.written;
                    let stall = || Stall { since: Moment::now(), written, ping: None };
                    self.aside.things().stalled.get_or_insert_with(stall);
                    return;
                }
                Poll::Ready(Err(_)) => {
                    self.writes = Writes::Failed;
                    (self.out, self.sent) = (Vec::new(), 0);
                    self.aside.take(|things| &mut things.rest);
                    break;
                }
            }
            if let Some(ping) = self.aside.take(|things| &mut things.stalled).and_then(|stalled| stalled.ping) {
                self.pong(ping);
            }
            if let Some(rest) = self.aside.take(|things| &mut things.rest) {
                self.give_part(CONTINUE, rest);
            }
        }
        if self.phase == Phase::LastWords {
            self.aside.take(|things| &mut things.stalled);
            self.enter(if self.left == 0 && self.ends_by_drop { Phase::Draining } else { Phase::HangingUp });
        }
        self.drain(cx);
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while (self.sent as usize) < self.out.len() {
            match ready!(Pin::new(&mut self.io).poll_write(cx, &self.out[self.sent as usize..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => {
                    self.sent += written as u32;
                    self.written += written as u64;
                }
            }
        }
        (self.out, self.sent) = (Vec::new(), 0);
        Pin::new(&mut self.io).poll_flush(cx)
    }

    /// Says that a close follows as soon as the last message is written, so that writing them cannot take forever.
    pub(crate) fn finish(&mut self) {
        if self.phase == Phase::Open && self.until.is_none() {
            self.until = Moment::after(limits::FLUSH);
        }
    }

    /// Closes, behind everything that was written. To be called where there is room.
    pub(crate) fn close(&mut self, close: &Close) {
        if self.phase == Phase::Open {
            self.enter(Phase::Closing);
            self.give_close(Some(close));
        }
    }

    /// Closes without waiting for an answer.
    pub(super) fn fail(&mut self, close: &Close) {
        self.aside.take(|things| &mut things.rest);
        let said = self.phase == Phase::Closing;
        self.left = limits::DRAIN_BYTES;
        self.enter(Phase::LastWords);
        if !said {
            self.give_close(Some(close));
        }
    }

    /// Puts a close behind everything else, a pong that is due included.
    pub(super) fn give_close(&mut self, close: Option<&Close>) {
        if let Some(ping) = self.aside.stall_mut().and_then(|stalled| stalled.ping.take()) {
            self.give(PONG, &ping);
        }
        let payload = close.map(|close| [&close.code.to_be_bytes(), close.reason.as_bytes()].concat());
        self.note(close.map_or(Close::NO_STATUS, |close| close.code));
        self.give(frames::CLOSE, &payload.unwrap_or_default());
    }

    /// Shuts the write side down, and reads away what the peer sent before it knew. One that has closed sends nothing more, but for
    /// a pong (RFC 6455 §5.5): if that is there it is read, and it need not be waited for.
    fn drain(&mut self, cx: &mut Context<'_>) {
        if self.phase == Phase::HangingUp {
            self.phase = match Pin::new(&mut self.io).poll_shutdown(cx) {
                Poll::Pending => return,
                Poll::Ready(Ok(())) => Phase::Draining,
                Poll::Ready(Err(_)) => Phase::Over,
            };
        }
        if self.phase != Phase::Draining {
            return;
        }
        let over = loop {
            let mut scratch = [MaybeUninit::uninit(); limits::SCRATCH];
            let mut buffer = ReadBuf::uninit(&mut scratch);
            match Pin::new(&mut self.io).poll_read(cx, &mut buffer) {
                Poll::Pending => break self.left == 0,
                Poll::Ready(Ok(())) if (1..=self.left).contains(&(buffer.filled().len() as u32)) => {
                    self.left -= buffer.filled().len() as u32;
                }
                Poll::Ready(_) => break true,
            }
            self.read += buffer.filled().len() as u64;
        };
        if over {
            self.phase = Phase::Over;
        }
    }
}
