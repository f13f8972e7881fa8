//! The answer to a WebSocket's handshake, kept back for a moment: it leaves by the same write as what is said first.

use std::io::{self, IoSlice};
use std::mem;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::sleep;

use super::stream::Stream;
use super::taken::Stall;
use crate::accepted::Accepted;

/// How long the rests of answers may be left where they are once a server has nothing else to wait for.
const MOMENT: Duration = Duration::from_secs(2);

/// Whether what HTTP writes is kept back, for whom; and how much of what it writes is taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cork(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    taken: AtomicU64,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Out,
    /// A handler of ours has accepted; who hands its answer on may yet change it.
    Ready(Box<Accepted>),
    In(Box<Accepted>),
}

impl Cork {
    /// A connection is about to be taken over that writes what was kept back.
    pub(crate) fn make_ready(&self, accepted: Accepted) {
        self.set(State::Ready(Box::new(accepted)));
    }

    /// The connection's answer is the one that accepts, if `is_accepted`, and is written now.
    pub(super) fn put_in(&self, is_accepted: bool) {
        let state = match self.set(State::Out) {
            State::Ready(accepted) if is_accepted => State::In(accepted),
            _ => return,
        };
        self.set(state);
    }

    /// Who has the connection once HTTP has done with it, if anybody.
    pub(super) fn take_out(&self) -> Option<Box<Accepted>> {
        match self.set(State::Out) {
            State::In(accepted) => Some(accepted),
            _ => None,
        }
    }

    /// How many bytes the peer has taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.0.taken.load(Ordering::Relaxed)
    }

    /// Waits until the peer of a connection that is to end has taken nothing more for a moment.
    pub(super) async fn is_left(&self) {
        loop {
            let taken = self.taken();
            sleep(MOMENT).await;
            if self.taken() == taken {
                return;
            }
        }
    }

    fn is_in(&self) -> bool {
        matches!(*self.lock(), State::In(_))
    }

    fn set(&self, state: State) -> State {
        mem::replace(&mut *self.lock(), state)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection as HTTP has it.
#[derive(Debug)]
pub(crate) struct Corked {
    stream: Stream,
    cork: Cork,
    kept: Vec<u8>,
    /// What was read to see what it is, and is to be read once more.
    ahead: Bytes,
    /// How much of the answers the peer has taken.
    taken: u64,
    stall: Stall,
}

impl Corked {
    pub(super) fn new(stream: Stream, ahead: Bytes, cork: Cork) -> Self {
        Corked { stream, cork, kept: Vec::new(), ahead, taken: 0, stall: Stall::default() }
    }

    /// The connection, and what has yet to be written to it.
    pub(crate) fn take_over(self) -> (Stream, Vec<u8>) {
        (self.stream, self.kept)
    }

    /// Counts what the peer has taken by a write, and gives it up where that was nothing for too long.
    fn heed<T>(
        &mut self,
        cx: &mut Context<'_>,
        done: Poll<io::Result<T>>,
        taken: impl FnOnce(&T) -> usize,
    ) -> Poll<io::Result<T>> {
        if let Poll::Ready(Ok(done)) = &done {
            self.taken += taken(done) as u64;
        }
        let taken = self.stream.taken().unwrap_or(self.taken);
        self.cork.0.taken.store(taken, Ordering::Relaxed);
        if done.is_pending() && self.stall.poll(cx, taken).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        done
    }

    fn stream(&mut self) -> Pin<&mut Stream> {
        Pin::new(&mut self.stream)
    }
}

impl AsyncRead for Corked {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.ahead.is_empty() {
            let many = self.ahead.len().min(buf.remaining());
            buf.put_slice(&self.ahead.split_to(many));
            return Poll::Ready(Ok(()));
        }
        self.stream().poll_read(cx, buf)
    }
}

impl AsyncWrite for Corked {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.cork.is_in() {
            self.kept.extend_from_slice(buf);
            return Poll::Ready(Ok(buf.len()));
        }
        let written = self.stream().poll_write(cx, buf);
        self.heed(cx, written, |written| *written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.stream().poll_flush(cx);
        self.heed(cx, flushed, |()| 0)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = self.stream().poll_shutdown(cx);
        self.heed(cx, shut, |()| 0)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.cork.is_in() {
            let before = self.kept.len();
            bufs.iter().for_each(|buf| self.kept.extend_from_slice(buf));
            return Poll::Ready(Ok(self.kept.len() - before));
        }
        let written = self.stream().poll_write_vectored(cx, bufs);
        self.heed(cx, written, |written| *written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::connection::{Connection, Settings};
    use crate::registry::{ConnectionId, Place};

    fn accepted() -> Accepted {
        Accepted {
            upgraded: hyper::upgrade::on(http::Request::new(())),
            client: None,
            settings: Settings::default(),
            place: Place::take(Arc::new(Connection::new(ConnectionId::unique()))),
            work: Box::pin(async {}),
            span: tracing::Span::none(),
        }
    }

    #[tokio::test]
    async fn only_the_answer_to_a_handshake_of_ours_is_kept_back() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a port");
        let stream = TcpStream::connect(listener.local_addr().expect("it has one")).await.expect("it listens");
        let (mut other, _) = listener.accept().await.expect("somebody has come");
        let cork = Cork::default();
        let mut corked = Corked::new(stream.into(), Bytes::new(), cork.clone());
        // A handler that is no route's, and one of ours whose answer somebody has changed.
        for is_ours in [false, true] {
            if is_ours {
                cork.make_ready(accepted());
            }
            cork.put_in(!is_ours);
            corked.write_all(b"written").await.expect("it is open");
        }
        cork.make_ready(accepted());
        cork.put_in(true);
        corked.write_all(b"kept").await.expect("it is open");
        let (mut stream, kept) = corked.take_over();
        assert_eq!(kept, b"kept");
        stream.shutdown().await.expect("it is open");
        let mut came = Vec::new();
        other.read_to_end(&mut came).await.expect("it is open");
        assert_eq!(came, b"writtenwritten");
    }
}
