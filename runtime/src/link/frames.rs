//! What stands around a payload (RFC 6455 §5.2): the head of a frame, and the mask.

use tokio_tungstenite::tungstenite::error::ProtocolError;

use crate::limits;

pub(super) const CONTINUE: u8 = 0;
pub(super) const TEXT: u8 = 1;
pub(super) const BINARY: u8 = 2;
pub(super) const CLOSE: u8 = 8;
pub(super) const PING: u8 = 9;
pub(super) const PONG: u8 = 10;

/// The head of a frame that a client has sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) opcode: u8,
    pub(super) is_last: bool,
    pub(super) mask: [u8; 4],
    /// The length of the payload.
    pub(super) length: u64,
    /// The length of the head itself.
    pub(super) size: usize,
}

impl Head {
    /// The head that these bytes begin with; nothing as long as it is not there as a whole.
    pub(super) fn read(bytes: &[u8]) -> Result<Option<Self>, ProtocolError> {
        let &[first, second, ref rest @ ..] = bytes else { return Ok(None) };
        let (opcode, is_last, short) = (first & 0x0f, first & 0x80 != 0, second & 0x7f);
        if first & 0x70 != 0 {
            return Err(ProtocolError::NonZeroReservedBits);
        }
        if second & 0x80 == 0 {
            return Err(ProtocolError::UnmaskedFrameFromClient);
        }
        match opcode {
            CONTINUE | TEXT | BINARY => {}
            CLOSE | PING | PONG if !is_last => return Err(ProtocolError::FragmentedControlFrame),
            CLOSE | PING | PONG if short > 125 => return Err(ProtocolError::ControlFrameTooBig),
            CLOSE | PING | PONG => {}
            _ => return Err(ProtocolError::InvalidOpcode(opcode)),
        }
        let length = match short {
            126 => rest.split_first_chunk().map(|(length, rest)| (u16::from_be_bytes(*length).into(), rest)),
            127 => rest.split_first_chunk().map(|(length, rest)| (u64::from_be_bytes(*length), rest)),
            short => Some((short.into(), rest)),
        };
        let head = length.and_then(|(length, rest)| {
            let (&mask, rest) = rest.split_first_chunk()?;
            Some(Head { opcode, is_last, mask, length, size: bytes.len() - rest.len() })
        });
        Ok(head)
    }

    pub(super) fn is_control(&self) -> bool {
        self.opcode >= CLOSE
    }
}

/// Takes the mask off a part of a payload that begins `behind` so many bytes of it.
pub(super) fn unmask(payload: &mut [u8], mask: [u8; 4], behind: usize) {
    let turned = u32::from_le_bytes(mask).rotate_right(behind as u32 % 4 * u8::BITS).to_le_bytes();
    let [a, b, c, d] = turned;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = payload.as_chunks_mut();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(turned.into_iter().cycle()) {
        *byte ^= mask;
    }
}

/// Puts a frame behind what is to be sent. A server's has no mask.
pub(super) fn put(out: &mut Vec<u8>, opcode: u8, is_last: bool, payload: &[u8]) {
    out.reserve(payload.len() + limits::HEAD);
    let first = if is_last { 0x80 | opcode } else { opcode };
    match payload.len() {
        length @ ..126 => out.extend_from_slice(&[first, length as u8]),
        length @ ..0x1_0000 => {
            out.extend_from_slice(&[first, 126]);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            out.extend_from_slice(&[first, 127]);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_soon_as_it_is_there() {
        let heads = [
            (&[0x81, 0x85, 1, 2, 3, 4][..], TEXT, true, 5),
            (&[0x02, 0xfe, 1, 0, 1, 2, 3, 4], BINARY, false, 256),
            (&[0x80, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4], CONTINUE, true, 1 << 32),
            (&[0x89, 0xfd, 1, 2, 3, 4], PING, true, 125),
        ];
        for (bytes, opcode, is_last, length) in heads {
            for known in 0..bytes.len() {
                assert_eq!(Head::read(&bytes[..known]).expect("nothing is wrong with it"), None);
            }
            let head = Head { opcode, is_last, mask: [1, 2, 3, 4], length, size: bytes.len() };
            assert_eq!(Head::read(&[bytes, b"payload"].concat()).expect("nothing is wrong with it"), Some(head));
        }
    }

    #[test]
    fn what_no_client_may_send_is_an_error() {
        for bytes in [[0xc1, 0x80], [0x81, 0x00], [0x83, 0x80], [0x8b, 0x80], [0x09, 0x80], [0x88, 0xfe]] {
            assert!(Head::read(&bytes).is_err(), "{bytes:x?}");
        }
    }

    #[test]
    fn a_mask_is_taken_off_part_by_part() {
        let masked: Vec<u8> =
            (0..100).zip([7, 77, 177, 255].into_iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
        for size in [1, 3, 8, 13, 100] {
            let mut behind = 0;
            let parts = masked.chunks(size).flat_map(|part| {
                let mut part = part.to_vec();
                unmask(&mut part, [7, 77, 177, 255], behind);
                behind += part.len();
                part
            });
            assert_eq!(Vec::from_iter(parts), Vec::from_iter(0..100), "by {size}");
        }
    }

    #[test]
    fn a_length_takes_as_few_bytes_as_it_can() {
        for (length, head) in [(125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            let mut out = Vec::new();
            put(&mut out, TEXT, true, &vec![b'x'; length]);
            assert_eq!(out.len(), head + length);
        }
    }
}
