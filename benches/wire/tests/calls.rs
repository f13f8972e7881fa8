//! How often a stream is read and written for a message: each time is a call of the system. What one read brings is answered by one
//! write, however many messages it is.

use std::io::Result;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use converse_wire::client::{TEXT, frame};
use converse_wire::{ours, start};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex};

/// A stream, and how often it was read and written with success.
struct Watched {
    stream: DuplexStream,
    calls: Arc<Calls>,
}

#[derive(Default)]
struct Calls {
    reads: AtomicUsize,
    writes: AtomicUsize,
}

impl Calls {
    /// Those since the last time.
    fn take(&self) -> (usize, usize) {
        (self.reads.swap(0, Ordering::Relaxed), self.writes.swap(0, Ordering::Relaxed))
    }
}

fn counted<T>(poll: Poll<T>, calls: &AtomicUsize) -> Poll<T> {
    calls.fetch_add(usize::from(poll.is_ready()), Ordering::Relaxed);
    poll
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_read(cx, buffer);
        counted(poll, &self.calls.reads)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, bytes);
        counted(poll, &self.calls.writes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[test]
fn one_read_and_one_write_for_all_that_comes_together() {
    start::runtime().block_on(async {
        let (mut client, stream) = duplex(1 << 20);
        let calls = Arc::<Calls>::default();
        let watched = Watched { stream, calls: Arc::clone(&calls) };
        tokio::spawn(async move {
            let server = auto::Builder::new(TokioExecutor::new());
            let served = TowerToHyperService::new(ours::router());
            server.serve_connection_with_upgrades(TokioIo::new(watched), served).await.expect("HTTP works");
        });
        shake_hands(&mut client).await;
        calls.take();
        for messages in [1, 32] {
            for _ in 0..10 {
                let text = [b'x'; 64];
                client.write_all(&frame(TEXT, &text).repeat(messages)).await.expect("the server is there");
                // Its frames have no mask.
                let mut echo = vec![0; messages * (text.len() + 2)];
                client.read_exact(&mut echo).await.expect("the server echoes");
            }
            assert_eq!(calls.take(), (10, 10), "of 10 times {messages} messages");
        }
    });
}

async fn shake_hands(client: &mut DuplexStream) {
    let request = "GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    client.write_all(request.as_bytes()).await.expect("the server is there");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.expect("a whole head"));
    }
}
