//! Telling a client that there are too many connections, at a price that does not depend on how many are told.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::bounds::Full;
use super::stream::Stream;
use crate::observe;

/// How many are told at the same time. Beyond that the connection is closed without a word.
const AT_ONCE: usize = 32;
/// For a request to come in and its answer to go out.
const TIME: Duration = Duration::from_secs(2);
/// The least that hyper reads a head into.
const HEAD_BYTES: usize = 8 * 1024;

/// Where connections are refused.
#[derive(Debug)]
pub(super) struct Refusals {
    free: Arc<Semaphore>,
    count: AtomicU64,
}

impl Default for Refusals {
    fn default() -> Self {
        Refusals { free: Arc::new(Semaphore::new(AT_ONCE)), count: AtomicU64::new(0) }
    }
}

impl Refusals {
    /// Says that something is refused, and why: for the metrics, and for the log.
    pub(super) fn note(&self, reason: &'static str, words: &'static str) {
        observe::refused(reason);
        // Whoever floods a server must not flood its log.
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        if count.is_power_of_two() {
            tracing::warn!(count, "connections are refused: {words}");
        }
    }

    /// Room to refuse one connection in, where there is some.
    pub(super) fn begin(&self, full: Full) -> Option<Refusal> {
        self.note(full.reason(), full.words());
        let room = Arc::clone(&self.free).try_acquire_owned().ok()?;
        Some(Refusal { full, _room: room })
    }
}

/// A connection that is told why it cannot stay.
#[derive(Debug)]
pub(super) struct Refusal {
    full: Full,
    _room: OwnedSemaphorePermit,
}

impl Refusal {
    /// Waits for the connection and its request, since some clients take an answer ahead of it for a mistake, and answers.
    pub(super) async fn tell(self, stream: impl Future<Output = Option<Stream>>) {
        let full = self.full;
        let service = service_fn(move |_: Request<Incoming>| ready(Ok::<_, Infallible>(full.into_response())));
        let told = async {
            let stream = TokioIo::new(stream.await?);
            let mut http = http1::Builder::new();
            http.keep_alive(false).max_buf_size(HEAD_BYTES).serve_connection(stream, service).await.ok()
        };
        drop(tokio::time::timeout(TIME, told).await);
    }
}

impl Full {
    pub(super) fn reason(self) -> &'static str {
        match self {
            Full::Server => "server full",
            Full::Address => "address full",
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Full::Server => "there are too many connections",
            Full::Address => "there are too many connections from one address",
        }
    }
}

impl IntoResponse for Full {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(format!("{}\n", self.words())));
        *response.status_mut() = match self {
            Full::Server => StatusCode::SERVICE_UNAVAILABLE,
            Full::Address => StatusCode::TOO_MANY_REQUESTS,
        };
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        response
    }
}
