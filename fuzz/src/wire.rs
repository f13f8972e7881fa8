//! A peer in memory that says what it was given, in pieces, and whatever the server says to it.

use std::io::Result;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{sleep, timeout};

/// For the head of a request, as a `Server` has it.
const HEAD: Duration = Duration::from_secs(10);
/// Longer than a WebSocket lasts whose peer says no more, or does not read.
const LONG: Duration = Duration::from_secs(300);

/// What the peers of an input do with their connections.
#[derive(Clone, Copy, Debug, Default, arbitrary::Arbitrary)]
pub struct Manner {
    /// How much goes by at a time, in turns; nothing is a moment in which nothing goes.
    pieces: [u8; 4],
    /// Whether it stays when all is said, and says no more.
    stays: bool,
    /// Whether it stops reading at some point.
    deaf: Option<u16>,
}

impl Manner {
    /// Whether it takes all that it is told.
    pub fn listens(self) -> bool {
        self.deaf.is_none()
    }
}

/// The peer's end of a connection, as the server holds it.
pub struct Peer {
    manner: Manner,
    turn: usize,
    said: Vec<u8>,
    /// How much of that the server has read.
    read: usize,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Peer {
    /// A peer that says this, and what it will have heard.
    pub fn new(said: Vec<u8>, manner: Manner) -> (Self, Arc<Mutex<Vec<u8>>>) {
        let heard = Arc::default();
        (Peer { manner, turn: 0, said, read: 0, heard: Arc::clone(&heard) }, heard)
    }

    /// How much of `length` goes by now; nothing, and soon more, where it is none.
    fn piece(&mut self, length: usize, cx: &Context<'_>) -> Poll<usize> {
        let pieces = self.manner.pieces;
        self.turn += 1;
        match pieces[self.turn % pieces.len()] {
            0 if pieces != [0; 4] => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            piece @ 1..100 => Poll::Ready(length.min(piece.into())),
            _ => Poll::Ready(length),
        }
    }
}

impl AsyncRead for Peer {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let left = self.said.len() - self.read;
        if left == 0 {
            return if self.manner.stays { Poll::Pending } else { Poll::Ready(Ok(())) };
        }
        self.piece(left.min(buffer.remaining()), cx).map(|piece| {
            buffer.put_slice(&self.said[self.read..][..piece]);
            self.read += piece;
            Ok(())
        })
    }
}

impl AsyncWrite for Peer {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let heard = self.heard.lock().expect("nothing panics here").len();
        if self.manner.deaf.is_some_and(|deaf| usize::from(deaf) <= heard) {
            return Poll::Pending;
        }
        self.piece(bytes.len(), cx).map(|piece| {
            self.heard.lock().expect("nothing panics here").extend_from_slice(&bytes[..piece]);
            Ok(piece)
        })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        self.manner.stays = false; // It hangs up once the server does.
        Poll::Ready(Ok(()))
    }
}

/// Runs something in a time of its own, which passes when there is nothing else to do.
pub fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("there can be a runtime").block_on(work)
}

/// Says `said` to a router, and comes back with the answer once the server has let go of the connection.
///
/// # Panics
///
/// If the server does not let go of a WebSocket.
pub async fn ask(app: &Router, said: Vec<u8>, manner: Manner) -> Vec<u8> {
    let (peer, heard) = Peer::new(said, manner);
    let server = auto::Builder::new(TokioExecutor::new());
    let service = TowerToHyperService::new(app.clone());
    let served = server.serve_connection_with_upgrades(TokioIo::new(peer), service);
    let _ = timeout(HEAD, served).await;
    let let_go = async {
        while Arc::strong_count(&heard) > 1 {
            sleep(Duration::from_secs(1)).await;
        }
    };
    timeout(LONG, let_go).await.expect("no WebSocket is held for that long");
    let heard = Arc::into_inner(heard).expect("there is one");
    heard.into_inner().expect("nothing panics here")
}

/// A handshake of RFC 6455, with more lines of a head.
pub fn handshake(path: &str, more: &[u8]) -> Vec<u8> {
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    );
    [head.as_bytes(), more, b"\r\n"].concat()
}

/// What stands behind the head of an answer, if it is that of a handshake.
pub fn accepted(answer: &[u8]) -> Option<&[u8]> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    answer.starts_with(b"HTTP/1.1 101 ").then(|| &answer[end + 4..])
}

/// A text as a client sends it, masked with zeros.
pub fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("an input is no longer than this");
    [&[0x81, 0xfe][..], &length.to_be_bytes(), &[0; 4], text.as_bytes()].concat()
}

/// The frames of a server: what they say first, and their payloads. It says nothing that RFC 6455 forbids, nothing behind a
/// close, and what is cut off is cut off at the end.
///
/// # Panics
///
/// If it does.
pub fn frames(mut bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let mut frames = Vec::new();
    while let Some((&[first, short], rest)) = bytes.split_first_chunk() {
        let head = match short {
            127 => rest.split_first_chunk().map(|(long, rest)| (u64::from_be_bytes(*long), rest)),
            126 => rest.split_first_chunk().map(|(long, rest)| (u16::from_be_bytes(*long).into(), rest)),
            0..126 => Some((short.into(), rest)),
            128.. => panic!("a server's frame has a mask"),
        };
        let Some((payload, rest)) = head.and_then(|(length, rest)| rest.split_at_checked(length as usize)) else {
            break;
        };
        assert!(matches!(first, 0..=2 | 0x80..=0x82 | 0x88..=0x8a), "{first:#x} begins no frame");
        assert!(first < 0x88 || payload.len() < 126, "a control frame is short");
        if first == 0x88 {
            is_close(payload);
            assert_eq!(rest, b"", "nothing stands behind a close");
        }
        frames.push((first, payload));
        bytes = rest;
    }
    frames
}

/// A close says nothing, or a code that may be sent and a reason in UTF-8 (RFC 6455 §7.4).
fn is_close(payload: &[u8]) {
    let Some((code, reason)) = payload.split_first_chunk() else { return assert_eq!(payload, b"") };
    let code = u16::from_be_bytes(*code);
    assert!(matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999), "{code} is never sent");
    assert!(std::str::from_utf8(reason).is_ok(), "a reason is text");
}
