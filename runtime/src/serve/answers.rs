//! Answers over HTTP/2, each on a stream of its own: one of which the peer takes nothing ends, and the others go on.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use hyper::rt::Executor;
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::cork::Cork;
use super::http2::{Counted, STREAMS};
use super::taken::Stall;
use crate::limits;

/// What is handed on of a body at a time. Of what is handed on at last, nobody can tell when it is taken.
const PIECE: usize = 16 * 1024;
/// What waits of one stream at most until the connection has written it, in bytes.
pub(super) const UNWRITTEN: usize = 4 * PIECE;
/// What a connection takes at least in the time of a stall where others go ahead of a stream, beside what was written of that
/// itself.
pub(super) const OTHERS: u64 = 2 * UNWRITTEN as u64;
/// What all the others have ahead of a stream at most: behind that it has its turn.
const ROUND: u64 = STREAMS as u64 * PIECE as u64;

/// The body of an answer in pieces, counted among the streams of its connection.
pub(super) struct Pieces {
    body: Body,
    left: Bytes,
    _counted: Counted,
}

/// How far a stream's answer has come, as its body tells the task that it is sent by.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Sent {
    /// How many pieces of it were handed on.
    pieces: u64,
    /// The last of them waits until the peer takes more.
    waits: bool,
}

/// What is said to the task of a stream while it is polled.
#[derive(Default)]
struct Said {
    sent: Cell<Sent>,
    /// It is about to become a WebSocket: what tells when that has gone.
    socket: Cell<Option<Gone>>,
}

/// Is told when a WebSocket is dropped that keeps the other end.
type Gone = oneshot::Receiver<()>;

tokio::task_local! {
    static SAID: Said;
}

/// Says so of the stream that is polled. What a WebSocket has written is sent by a task of its own.
pub(super) fn become_socket(gone: Gone) {
    let _ = SAID.try_with(|said| said.socket.set(Some(gone)));
}

impl Pieces {
    pub(super) fn of(body: Body, counted: Counted) -> Self {
        Pieces { body, left: Bytes::new(), _counted: counted }
    }
}

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = axum::Error;

    /// Is asked for the next piece once there is room for it, and not before.
    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let note = |said: &Said, waits| said.sent.set(Sent { pieces: said.sent.get().pieces + 1, waits });
        let _ = SAID.try_with(|said| note(said, false));
        if self.left.is_empty() {
            let frame = match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => frame,
                ended => return Poll::Ready(ended),
            };
            match frame.into_data() {
                Ok(data) => self.left = data,
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
        let _ = SAID.try_with(|said| note(said, true));
        let many = self.left.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.left.split_to(many)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Runs the streams of a connection.
#[derive(Clone)]
pub(super) struct Tasks(pub(super) Cork);

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Tasks {
    fn execute(&self, stream: F) {
        match SAID.try_with(|said| said.socket.take()) {
            Ok(Some(gone)) => tokio::spawn(outlast(stream, gone)),
            Ok(None) => tokio::spawn(stream),
            Err(_) => tokio::spawn(take(stream, self.0.clone())),
        };
    }
}

/// Sends what a WebSocket has written. The WebSocket has its own patience; once it has gone, the peer has as much for the rest.
async fn outlast(stream: impl Future<Output = ()>, gone: Gone) {
    let over = async {
        let _ = gone.await;
        sleep(limits::STALL).await;
    };
    tokio::select! {
        () = stream => {}
        () = over => tracing::debug!("the last words of a WebSocket over HTTP/2 are not taken"),
    }
}

/// Sends what comes of a stream, unless its peer takes nothing of that for too long. Not to be taken for such a one is who has only a
/// slow line, on which the others go first.
async fn take(stream: impl Future<Output = ()>, connection: Cork) {
    let mut stream = pin!(stream);
    let (mut sent, mut before, mut stall) = (Sent::default(), 0, Stall::default());
    let taken = poll_fn(|cx| {
        let said = Said { sent: Cell::new(sent), ..Said::default() };
        let (polled, now) = SAID.sync_scope(said, || (stream.as_mut().poll(cx), SAID.with(|said| said.sent.get())));
        if polled.is_ready() || !now.waits {
            sent = now;
            return polled.map(Some);
        }
        if sent != now {
            (sent, before) = (now, connection.taken());
        }
        let others = (connection.taken() - before).min(ROUND) / OTHERS;
        stall.poll(cx, sent.pieces << 8 | others).map(|()| None)
    });
    if taken.await.is_none() {
        tracing::debug!("an answer over HTTP/2 is not taken");
    }
}
