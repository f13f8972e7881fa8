//! HTTP/2: which connections speak it, and how long one is served. Each of its streams may be a WebSocket (RFC 8441).

use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::Request;
use http::header::{HOST, HeaderValue};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::HttpService;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncReadExt;
use tokio::sync::watch;
use tokio::time::sleep;

use super::answers::{OTHERS, Pieces, Tasks, UNWRITTEN};
use super::cork::{Cork, Corked};
use super::host::{HEAD, HEAD_BYTES};
use super::stream::Stream;
use crate::limits;

/// What a client of HTTP/2 says first (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How many streams one connection has at the same time, WebSockets included.
pub(super) const STREAMS: u32 = 128;

/// How often a connection is asked whether its peer is still there, and how long that may take: what WebSockets are asked,
/// too.
const ASKED: Duration = Duration::from_secs(20);

/// One stream among those of a connection, as long as it is there.
#[derive(Clone, Debug)]
pub(crate) struct Counted(#[expect(dead_code, reason = "it is counted while it is there")] watch::Receiver<()>);

/// The streams of a connection.
#[derive(Debug, Default)]
pub(super) struct Streams(watch::Sender<()>);

impl Streams {
    pub(super) fn count(&self) -> Counted {
        Counted(self.0.subscribe())
    }

    /// Waits until there has been none for as long as `time`.
    async fn idle(&self, time: Duration) {
        loop {
            self.0.closed().await;
            sleep(time).await;
            if self.0.is_closed() {
                return;
            }
        }
    }

    /// Waits until there is none of which anything comes any more, and the peer takes nothing of what has come.
    async fn over(&self, cork: &Cork) {
        loop {
            let taken = cork.taken();
            self.idle(limits::STALL).await;
            if cork.taken() - taken < OTHERS {
                return;
            }
        }
    }
}

/// Whether a connection speaks HTTP/2: TLS says so, and otherwise its first bytes do. What was read to see that.
pub(super) async fn is_spoken(stream: &mut Stream) -> io::Result<(bool, Bytes)> {
    #[cfg(feature = "tls")]
    if let Some(agreed) = stream.agreed() {
        return Ok((agreed == Some(super::tls::HTTP_2), Bytes::new()));
    }
    let mut read = BytesMut::with_capacity(PREFACE.len());
    while read.len() < PREFACE.len() && PREFACE.starts_with(&read) {
        // Never more than the preface: what stands behind it is the connection's.
        let missing = PREFACE.len() - read.len();
        if (&mut *stream).take(missing as u64).read_buf(&mut read).await? == 0 {
            break;
        }
    }
    Ok((read == PREFACE, read.freeze()))
}

/// Serves a connection until it has been idle for as long as the head of a request may take, as those of HTTP/1.1 are, or is
/// told to end. Then what has begun may end, as long as its peer takes it.
pub(super) async fn serve<S>(
    stream: Corked,
    cork: &Cork,
    streams: &Streams,
    service: S,
    told: &mut watch::Receiver<()>,
) -> hyper::Result<()>
where
    S: HttpService<Incoming, ResBody = Pieces, Error = std::convert::Infallible, Future: Send + 'static> + Send,
{
    let connection = http2::Builder::new(Tasks(cork.clone()))
        .timer(TokioTimer::new())
        .enable_connect_protocol()
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_BYTES as u32)
        .max_send_buf_size(UNWRITTEN)
        .keep_alive_interval(ASKED)
        .keep_alive_timeout(ASKED)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        ended = &mut connection => return ended,
        () = streams.idle(HEAD) => {}
        _ = told.changed() => told.mark_changed(),
    }
    connection.as_mut().graceful_shutdown();
    let is_left = async {
        let _ = told.changed().await;
        cork.is_left().await;
    };
    tokio::select! {
        biased; // what it says at last is said before anybody looks whether it is taken
        ended = &mut connection => ended,
        // Its peer does not hang up, or leaves what there is of the last answers.
        () = streams.over(cork) => Ok(()),
        () = is_left => Ok(()),
    }
}

/// Names the host where HTTP/1.1 does, for whoever looks there: what HTTP/2 has in its place says the same (RFC 9113 §8.3.1).
pub(super) fn name_host(request: &mut Request<Incoming>) {
    let host = request.uri().authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if let Some(host) = host {
        request.headers_mut().insert(HOST, host);
    }
}
