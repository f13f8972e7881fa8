//! Where one frame ends and the next begins, told from the bytes that go by (RFC 6455 §5.2).
//!
//! The codec keeps to itself how far it has read. Whoever wants to take it away, or to know how many frames a message came
//! in, has to count along.

/// What has come of the peer's frames. It reads their headers and nothing else.
#[derive(Debug, Default)]
pub(super) struct Frames {
    header: [u8; LONGEST],
    /// How much of the next header is there.
    known: usize,
    /// What has yet to come of the frame's payload.
    left: u64,
    /// A message has begun, and its last frame has not.
    in_message: bool,
    ends_message: bool,
    /// How many frames belong to the message that has begun.
    pub(super) fragments: u32,
    /// How many messages are complete, control frames included.
    pub(super) messages: u64,
}

/// Two bytes, a length of eight more, and a mask.
const LONGEST: usize = 14;

impl Frames {
    /// Notes what has come.
    pub(super) fn pass(&mut self, mut bytes: &[u8]) {
        while let Some((&first, rest)) = bytes.split_first() {
            if self.left > 0 {
                let passed = self.left.min(bytes.len() as u64);
                self.left -= passed;
                bytes = &bytes[passed as usize..];
            } else {
                self.header[self.known] = first;
                self.known += 1;
                bytes = rest;
                if self.known < 2 || self.known < self.header_len() {
                    continue;
                }
                self.begin();
            }
            if self.left == 0 {
                self.messages += u64::from(self.ends_message);
            }
        }
    }

    /// Whether the next byte belongs to another message than the last.
    pub(super) fn is_between(&self) -> bool {
        self.known == 0 && self.left == 0 && !self.in_message
    }

    /// What is known to be missing of the frame that has begun.
    pub(super) fn missing(&self) -> usize {
        usize::try_from(self.left).unwrap_or(usize::MAX)
    }

    fn header_len(&self) -> usize {
        let mask = if self.header[1] & 0x80 == 0 { 0 } else { 4 };
        mask + match self.header[1] & 0x7f {
            126 => 4,
            127 => 10,
            _ => 2,
        }
    }

    fn begin(&mut self) {
        self.known = 0;
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        self.left = match self.header[1] & 0x7f {
            126 => number(&self.header[2..4]),
            127 => number(&self.header[2..10]),
            short => u64::from(short),
        };
        let (is_last, is_control) = (self.header[0] & 0x80 != 0, self.header[0] & 0x08 != 0);
        self.ends_message = is_last || is_control;
        if !is_control {
            self.fragments = if self.in_message { self.fragments.saturating_add(1) } else { 1 };
            self.in_message = !is_last;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame as a client sends it.
    fn frame(first: u8, payload: usize) -> Vec<u8> {
        let length = match payload {
            0..126 => vec![0x80 | payload as u8],
            126..65536 => [&[0x80 | 126], &(payload as u16).to_be_bytes()[..]].concat(),
            _ => [&[0x80 | 127], &(payload as u64).to_be_bytes()[..]].concat(),
        };
        [&[first], &*length, &[1, 2, 3, 4], &*vec![b'x'; payload]].concat()
    }

    #[test]
    fn every_message_is_counted_however_its_bytes_come() {
        let (text, more, last, ping) = (0x81, 0x00, 0x80, 0x89);
        let all: Vec<_> = [(text, 0), (text, 5), (0x02, 200), (ping, 3), (more, 0), (last, 70_000), (ping, 0)]
            .into_iter()
            .flat_map(|(first, payload)| frame(first, payload))
            .collect();
        for size in [1, 2, 3, 7, 4096, all.len()] {
            let mut frames = Frames::default();
            for bytes in all.chunks(size) {
                frames.pass(bytes);
            }
            assert_eq!((frames.messages, frames.fragments), (5, 3), "by {size}");
            assert!(frames.is_between());
        }
    }

    #[test]
    fn within_a_message_is_not_between_two() {
        let mut frames = Frames::default();
        let long = frame(0x81, 300);
        frames.pass(&long[..1]);
        assert!(!frames.is_between(), "within a header");
        frames.pass(&long[1..20]);
        assert_eq!((frames.is_between(), frames.missing()), (false, 300 - (20 - 8)));
        frames.pass(&long[20..]);
        assert!(frames.is_between());
        frames.pass(&frame(0x01, 3));
        frames.pass(&frame(0x89, 0));
        assert!(!frames.is_between(), "a ping between two fragments");
        assert_eq!(frames.messages, 2);
    }
}
