//! The body of a request, which is waited for as long as something of it comes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::BoxError;
use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::limits;

/// One of which nothing has come for too long is an error for whoever reads it.
struct Awaited {
    body: Incoming,
    silence: Option<Pin<Box<Sleep>>>,
}

/// The body of a request, for a router. Most have none, and nothing to wait for.
pub(super) fn body(body: Incoming) -> Body {
    match hyper::body::Body::is_end_stream(&body) {
        true => Body::empty(),
        false => Body::new(Awaited { body, silence: None }),
    }
}

impl hyper::body::Body for Awaited {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.silence = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from)));
        }
        let silence = self.silence.get_or_insert_with(|| Box::pin(sleep(limits::STALL)));
        silence.as_mut().poll(cx).map(|()| {
            let error = io::Error::new(io::ErrorKind::TimedOut, "nothing of the request's body has come for too long");
            Some(Err(error.into()))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
