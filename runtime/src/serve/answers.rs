//! Answers over HTTP/2, each on a stream of its own: one of which the peer takes nothing ends, and the others go on.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use hyper::rt::Executor;

use super::cork::Cork;
use super::http2::{Counted, STREAMS};
use super::taken::Stall;

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

tokio::task_local! {
    static SENT: Cell<Sent>;
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
        let note = |sent: &Cell<Sent>, waits| sent.set(Sent { pieces: sent.get().pieces + 1, waits });
        let _ = SENT.try_with(|sent| note(sent, false));
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
        let _ = SENT.try_with(|sent| note(sent, true));
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
        tokio::spawn(take(stream, self.0.clone()));
    }
}

/// Sends what comes of a stream, unless its peer takes nothing of that for too long. Not to be taken for such a one is who has only a
/// slow line, on which the others go first.
async fn take(stream: impl Future<Output = ()>, connection: Cork) {
    let mut stream = pin!(stream);
    let (mut sent, mut before, mut stall) = (Sent::default(), 0, Stall::default());
    let taken = poll_fn(|cx| {
        let (polled, now) = SENT.sync_scope(Cell::new(sent), || (stream.as_mut().poll(cx), SENT.with(Cell::get)));
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
