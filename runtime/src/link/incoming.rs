//! What a client sends: from bytes to messages. It does no input, and keeps nothing of a message that has come as a whole.

use std::str::Utf8Error;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::Data;

use super::frames::{BINARY, CLOSE, CONTINUE, Head, PING, TEXT, unmask};
use super::unread::Unread;
use crate::close::Close;
use crate::limits::{self, Limits};
use crate::message::{Message, Text};

/// What has come.
#[derive(Debug)]
pub(super) enum Came {
    Message(Message),
    /// A part of a message, and not the last.
    Part,
    Ping(Bytes),
    Pong(Bytes),
    /// With a code or without.
    Close(Option<Close>),
}

/// What is wrong with what has come.
#[derive(Debug)]
pub(super) enum Fault {
    Protocol(ProtocolError),
    Text(Utf8Error),
    /// Larger than it may be.
    TooBig,
    /// Of more frames than it may have.
    TooManyFragments,
}

/// A message of which not everything has come yet, if there is one.
#[derive(Debug, Default)]
pub(super) struct Incoming(Option<Box<Unfinished>>);

#[derive(Debug)]
struct Unfinished {
    opcode: u8,
    payload: Vec<u8>,
    /// How much of the payload is known to be text.
    checked: usize,
    fragments: u32,
    frame: Option<Frame>,
}

/// The frame that has begun.
#[derive(Debug)]
struct Frame {
    head: Head,
    /// How much of its payload has come.
    come: usize,
}

impl Incoming {
    /// The next that there is as a whole. What is left if there is nothing, is to be shown again with more.
    pub(super) fn next(&mut self, unread: &mut Unread<'_>, limits: &Limits) -> Option<Result<Came, Fault>> {
        loop {
            if let Some(message) = &mut self.0
                && let Some(frame) = &mut message.frame
            {
                if !frame.take(unread, &mut message.payload) {
                    return None;
                }
                let is_last = frame.head.is_last;
                message.frame = None;
                if is_last {
                    let Unfinished { opcode, mut payload, .. } = *self.0.take()?;
                    payload.shrink_to_fit();
                    return Some(whole(opcode, payload.into()));
                }
                return Some(message.check().map(|()| Came::Part));
            }
            let head = match Head::read(unread.left()) {
                Ok(head) => head?,
                Err(error) => return Some(Err(Fault::Protocol(error))),
            };
            let come = unread.left().len() - head.size;
            let length = usize::try_from(head.length).ok().filter(|length| *length <= come);
            if head.is_control() {
                return length.map(|length| control(&head, payload(unread, &head, length)));
            }
            if let Err(fault) = self.check(&head, limits) {
                return Some(Err(fault));
            }
            if let Some(length) = length.filter(|_| head.is_last && self.0.is_none()) {
                return Some(whole(head.opcode, payload(unread, &head, length)));
            }
            unread.skip(head.size);
            self.begin(head);
        }
    }

    /// Whether a data frame with this head may come now.
    fn check(&self, head: &Head, limits: &Limits) -> Result<(), Fault> {
        let (before, fragments) = match (&self.0, head.opcode) {
            (None, CONTINUE) => return Err(Fault::Protocol(ProtocolError::UnexpectedContinueFrame)),
            (Some(message), CONTINUE) => (message.payload.len(), message.fragments),
            (Some(_), TEXT) => return Err(Fault::Protocol(ProtocolError::ExpectedFragment(Data::Text))),
            (Some(_), _) => return Err(Fault::Protocol(ProtocolError::ExpectedFragment(Data::Binary))),
            (None, _) => (0, 0),
        };
        if fragments >= limits.fragments() {
            return Err(Fault::TooManyFragments);
        }
        let room = (limits.message as u64).saturating_sub(before as u64);
        if head.length > room { Err(Fault::TooBig) } else { Ok(()) }
    }

    fn begin(&mut self, head: Head) {
        let message = self.0.get_or_insert_with(|| {
            let payload = Vec::new();
            Box::new(Unfinished { opcode: head.opcode, payload, checked: 0, fragments: 0, frame: None })
        });
        message.payload.reserve_exact((head.length as usize).min(limits::AHEAD));
        message.fragments += 1;
        message.frame = Some(Frame { head, come: 0 });
    }
}

impl Frame {
    /// Takes what belongs to it. Whether it is there as a whole.
    fn take(&mut self, unread: &mut Unread<'_>, payload: &mut Vec<u8>) -> bool {
        let missing = self.head.length as usize - self.come;
        let own = unread.skip(missing.min(unread.left().len()));
        let before = payload.len();
        payload.extend_from_slice(own);
        unmask(&mut payload[before..], self.head.mask, self.come);
        self.come += own.len();
        own.len() == missing
    }
}

impl Unfinished {
    /// Whether it may be text, as far as it has come. A character may be cut off at its end.
    fn check(&mut self) -> Result<(), Fault> {
        if self.opcode == TEXT {
            match std::str::from_utf8(&self.payload[self.checked..]) {
                Ok(_) => self.checked = self.payload.len(),
                Err(error) if error.error_len().is_none() => self.checked += error.valid_up_to(),
                Err(error) => return Err(Fault::Text(error)),
            }
        }
        Ok(())
    }
}

/// The payload behind this head, which is there as a whole.
fn payload(unread: &mut Unread<'_>, head: &Head, length: usize) -> Bytes {
    unread.skip(head.size);
    let mut payload = unread.take(length);
    unmask(&mut payload, head.mask, 0);
    payload.freeze()
}

fn whole(opcode: u8, payload: Bytes) -> Result<Came, Fault> {
    let message = match opcode {
        BINARY => payload.into(),
        _ => Text::from_utf8(payload).map_err(Fault::Text)?.into(),
    };
    Ok(Came::Message(message))
}

fn control(head: &Head, payload: Bytes) -> Result<Came, Fault> {
    Ok(match head.opcode {
        CLOSE => Came::Close(close(&payload)?),
        PING => Came::Ping(payload),
        _ => Came::Pong(payload),
    })
}

fn close(payload: &[u8]) -> Result<Option<Close>, Fault> {
    if payload.is_empty() {
        return Ok(None);
    }
    let code = payload.split_first_chunk().ok_or(Fault::Protocol(ProtocolError::InvalidCloseSequence));
    let (code, reason) = code?;
    let reason = std::str::from_utf8(reason).map_err(Fault::Text)?;
    Ok(Some(Close::new(u16::from_be_bytes(*code), reason.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame as a client sends it.
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let length = match payload.len() {
            length @ ..126 => vec![0x80 | length as u8],
            length @ ..0x1_0000 => [&[0x80 | 126], &(length as u16).to_be_bytes()[..]].concat(),
            length => [&[0x80 | 127], &(length as u64).to_be_bytes()[..]].concat(),
        };
        let mask = [1, 200, 3, 4];
        let masked = payload.iter().zip(mask.into_iter().cycle()).map(|(byte, mask)| byte ^ mask);
        [&[first], &*length, &mask, &*Vec::from_iter(masked)].concat()
    }

    /// What comes of these bytes, when so many of them come at a time.
    fn read(all: &[u8], size: usize, limits: Limits) -> (Vec<String>, Option<Fault>) {
        let (mut incoming, mut unread, mut came) = (Incoming::default(), Vec::new(), Vec::new());
        for bytes in all.chunks(size) {
            unread.extend_from_slice(bytes);
            let mut rest = Unread::new(&unread);
            while let Some(next) = incoming.next(&mut rest, &limits) {
                match next {
                    Ok(Came::Message(message)) => came.push(message.to_string()),
                    Ok(Came::Part) => {}
                    Ok(other) => came.push(format!("{other:?}")),
                    Err(fault) => return (came, Some(fault)),
                }
            }
            unread = rest.left().to_vec();
        }
        (came, None)
    }

    #[test]
    fn the_same_comes_of_them_however_bytes_come() {
        let long = "äöü€".repeat(10_000);
        let (front, back) = long.as_bytes().split_at(70_001); // within a character
        let frames = [
            frame(0x81, b""),
            frame(0x81, "grüß".as_bytes()),
            frame(0x89, b"ping"),
            frame(0x02, &[0; 200]),
            frame(0x8a, b"pong"),
            frame(0x00, b""),
            frame(0x80, &[0; 1000]),
            frame(0x01, front),
            frame(0x80, back),
            frame(0x88, b"\x03\xe8bye"),
        ];
        let all = frames.concat();
        let limits = Limits::default().max_message_size(1 << 20);
        let expected = [
            "",
            "grüß",
            r#"Ping(b"ping")"#,
            r#"Pong(b"pong")"#,
            "<1200 bytes>",
            &long,
            r#"Close(Some(Close { code: 1000, reason: "bye" }))"#,
        ];
        for size in [1, 2, 3, 7, 4096, all.len()] {
            let (came, fault) = read(&all, size, limits);
            assert!(fault.is_none() && came == expected, "by {size}: {fault:?}");
        }
    }

    #[test]
    fn what_is_only_announced_takes_no_memory() {
        let head = [0x82, 0xff, 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
        let (came, fault) = read(&head, head.len(), Limits::default().max_message_size(usize::MAX));
        assert!(came.is_empty() && fault.is_none(), "{fault:?}");
    }

    #[test]
    fn what_is_wrong_is_said_as_soon_as_it_is_known() {
        let limits = Limits::default().max_message_size(100).max_fragments(2);
        let faults = [
            (vec![frame(0x80, b"")], "Protocol(UnexpectedContinueFrame)"),
            (vec![frame(0x01, b""), frame(0x82, b"")], "Protocol(ExpectedFragment(Binary))"),
            (vec![frame(0x88, b"x")], "Protocol(InvalidCloseSequence)"),
            (vec![vec![0x81, 0x80 | 101]], "no fault"),
            (vec![vec![0x81, 0x80 | 101, 0, 0, 0, 0]], "TooBig"),
            (vec![frame(0x01, &[b'x'; 60]), frame(0x80, &[b'x'; 41])], "TooBig"),
            (vec![frame(0x01, b""), frame(0x00, b""), frame(0x80, b"")], "TooManyFragments"),
            (vec![frame(0x01, b"\xe2\x82"), frame(0x00, b"\xff")], "Text"),
            (vec![frame(0x81, b"\xe2\x82")], "Text"),
        ];
        for (frames, expected) in faults {
            let all = frames.concat();
            for size in [1, all.len()] {
                let (_, fault) = read(&all, size, limits);
                let said = fault.map_or("no fault".to_owned(), |fault| format!("{fault:?}"));
                assert!(said.starts_with(expected), "{all:x?} by {size}: {said}");
            }
        }
    }
}
