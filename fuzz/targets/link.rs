//! Any bytes behind a handshake: what is delivered is what a bare tungstenite delivers, in bounded memory, and what is
//! answered is WebSocket.
#![no_main]

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use converse::{Limits, Message, Received, WebSocket};
use converse_fuzz::wire::{Manner, Peer, frames, run};
use libfuzzer_sys::fuzz_target;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message as Wire};

/// Large enough for a message in several pieces, and small enough to be exceeded.
const MESSAGE: usize = 2000;
/// What a connection may hold, whatever comes: its queues and buffers; beside what is kept here of what came.
const HELD: u64 = 640 * 1024;

fuzz_target!(|input: (Manner, u8, bool, &[u8])| {
    let (manner, early, is_bounded, said) = input;
    let limits = Limits::default().max_message_size(MESSAGE);
    let limits = if is_bounded {
        limits.max_fragments(3).max_messages_per_second(5)
    } else {
        limits.max_fragments(u32::MAX).max_messages_per_second(u32::MAX)
    };
    let mut came = None;
    let used = allocation_counter::measure(|| came = Some(ours(said, early.into(), limits, manner)));
    let (delivered, heard) = came.expect("it was measured");
    assert!(used.bytes_max < HELD + 8 * said.len() as u64, "{} bytes are too many", used.bytes_max);
    for text in delivered.iter().filter_map(Message::as_text) {
        assert!(std::str::from_utf8(text.as_bytes()).is_ok(), "a text is UTF-8");
    }
    let (expected, end) = theirs(said);
    assert!(expected.starts_with(&delivered), "{delivered:?} is not the beginning of {expected:?}");
    let heard = frames(&heard);
    if manner.listens() && !is_bounded {
        if delivered.len() < expected.len() {
            // A control frame whose short length is written as a long one: tungstenite lets it pass (RFC 6455 §5.2, §5.5).
            assert_eq!(heard.last(), Some(&(0x88, &1002_u16.to_be_bytes()[..])), "{expected:?} and not {delivered:?}");
        } else if let Some(code) = end {
            // Of a frame that is wrong and too large, the two say one thing each.
            let codes: &[u16] = if [1002, 1009].contains(&code) { &[1002, 1009] } else { &[code] };
            let is_one = codes.iter().any(|code| heard.last() == Some(&(0x88, &code.to_be_bytes()[..])));
            assert!(is_one, "it closes with {:?}, and not with {code}", heard.last());
        }
    }
});

/// What a handler gets that echoes everything, and what the peer does.
fn ours(said: &[u8], early: usize, limits: Limits, manner: Manner) -> (Vec<Message>, Vec<u8>) {
    let delivered = Arc::new(Mutex::new(Vec::new()));
    let (early, said) = said.split_at(early.min(said.len()));
    let (peer, heard) = Peer::new(said.to_vec(), manner);
    let handler = {
        let delivered = Arc::clone(&delivered);
        async move |mut ws: WebSocket| {
            while let Received::Message(message) = ws.receive().await {
                delivered.lock().expect("nothing panics here").push(message.clone());
                let _ = ws.send(message).await;
            }
        }
    };
    run(converse::__fuzzing::hold(peer, Bytes::copy_from_slice(early), limits, handler));
    let taken = |bytes: &Mutex<Vec<u8>>| std::mem::take(&mut *bytes.lock().expect("nothing panics here"));
    let delivered = std::mem::take(&mut *delivered.lock().expect("nothing panics here"));
    (delivered, taken(&heard))
}

/// The messages before the first mistake, and what that closes with.
fn theirs(said: &[u8]) -> (Vec<Message>, Option<u16>) {
    let config = WebSocketConfig::default().max_message_size(Some(MESSAGE)).max_frame_size(Some(MESSAGE));
    let mut codec = WebSocketContext::from_partially_read(said.to_vec(), Role::Server, Some(config));
    let mut messages = Vec::new();
    loop {
        match codec.read(&mut Nobody) {
            Ok(Wire::Text(text)) => messages.push(text.as_str().into()),
            Ok(Wire::Binary(bytes)) => messages.push(bytes.into()),
            Ok(Wire::Close(_)) => return (messages, None),
            Ok(_) => {}
            Err(Error::Capacity(CapacityError::MessageTooLong { .. })) => return (messages, Some(1009)),
            Err(Error::Utf8(_)) => return (messages, Some(1007)),
            Err(Error::Io(_)) => return (messages, None),
            Err(_) => return (messages, Some(1002)),
        }
    }
}

/// Who says no more, and does not care.
struct Nobody;

impl Read for Nobody {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

impl Write for Nobody {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
