//! What all connections of a server share, and serving what comes over one until it is a WebSocket.

mod accept;

use std::convert::Infallible;
#[cfg(not(feature = "http2"))]
use std::future::pending;
#[cfg(feature = "http2")]
use std::future::poll_fn;
use std::future::{Future, ready};
use std::net::SocketAddr;
#[cfg(feature = "http2")]
use std::pin::Pin;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(feature = "http2")]
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{CONNECTION, RETRY_AFTER, UPGRADE};
use http::{Method, Request, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
#[cfg(feature = "http2")]
use tokio::sync::oneshot;
use tokio::sync::watch;
#[cfg(feature = "http2")]
use tokio::time::{Sleep, sleep};
use tower::ServiceExt;

#[cfg(feature = "http2")]
use super::answers::{self, Pieces};
use super::awaited;
use super::bounds::{Bounds, Full, Permit};
use super::cork::{Cork, Corked};
use super::forwarded::Proxies;
use super::hosted::Hosted;
#[cfg(feature = "http2")]
use super::http2;
use super::refuse::Refusals;
#[cfg(feature = "http2")]
use super::stream::Seat;
use super::stream::{Client, Stream};
#[cfg(feature = "tls")]
use super::tls::Tls;
use crate::accepted::Running;
use crate::lane::Lane;
use crate::open::Open;
use crate::sessions::Sessions;

/// For a request's head to come in.
pub(super) const HEAD: Duration = Duration::from_secs(10);
/// The largest head of a request, in bytes.
pub(super) const HEAD_BYTES: usize = 16 * 1024;

/// What a server demands of its connections.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) bounds: Bounds,
    /// The proxies that speak for others, where there are any.
    pub(super) proxies: Option<Proxies>,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Tls>,
}

pub(super) struct Host {
    router: Router,
    http: http1::Builder,
    sessions: Sessions,
    bounds: Arc<Bounds>,
    refusals: Refusals,
    proxies: Option<Proxies>,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    /// No more requests are taken.
    stopping: AtomicBool,
    pub(super) sockets: Arc<Open>,
    /// Has a receiver for each request that has yet to be answered.
    pub(super) requests: watch::Sender<()>,
    /// Has a receiver for each connection that is no WebSocket; a change tells it to end.
    pub(super) connections: watch::Sender<()>,
}

impl Host {
    pub(super) fn new(router: Router, rules: Rules) -> Self {
        rules.bounds.check();
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES);
        Host {
            // Has axum make its services of the handlers now, and not for each request anew.
            router: router.with_state(()),
            http,
            sessions: Sessions::in_memory(),
            bounds: Arc::new(rules.bounds),
            refusals: Refusals::default(),
            proxies: rules.proxies,
            #[cfg(feature = "tls")]
            tls: rules.tls,
            stopping: AtomicBool::new(false),
            sockets: Arc::new(Open::giving_way(Lane::here())),
            requests: watch::Sender::new(()),
            connections: watch::Sender::new(()),
        }
    }

    /// Takes no more requests.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Serves the requests that come over one connection, until one of them makes it a WebSocket.
    async fn hold(self: Arc<Self>, stream: Stream, peer: Peer, mut told: watch::Receiver<()>) -> Option<Running> {
        let stream = tokio::select! {
            biased;
            stream = self.secure(stream) => stream?,
            _ = told.changed() => return None,
        };
        let cork = Cork::default();
        #[cfg(not(feature = "http2"))]
        let (ahead, late) = (Bytes::new(), pending());
        // To tell what a connection speaks is a part of the time for its first head, of which HTTP/1.1 knows only the rest.
        #[cfg(feature = "http2")]
        let (mut head, has_come) = (pin!(sleep(HEAD)), AtomicBool::new(false));
        #[cfg(feature = "http2")]
        let (stream, ahead) = match self.tell_apart(stream, head.as_mut(), &mut told).await? {
            (stream, (false, ahead)) => (stream, ahead),
            (stream, (true, ahead)) => {
                self.hold_streams(Corked::new(stream, ahead, cork.clone()), cork, peer, told).await;
                return None;
            }
        };
        #[cfg(feature = "http2")]
        let late = poll_fn(|cx| match has_come.load(Ordering::Relaxed) {
            true => Poll::Pending,
            false => head.as_mut().poll(cx),
        });
        let stream = Corked::new(stream.keep_for(peer.client.clone()), ahead, cork.clone());
        let service = service_fn(|request: Request<Incoming>| {
            #[cfg(feature = "http2")]
            has_come.store(true, Ordering::Relaxed);
            let hosted = Hosted { cork: Some(cork.clone()), ..self.hosted() };
            let cork = cork.clone();
            self.answer(request, &peer, hosted).map(move |response| {
                cork.put_in(response.status() == StatusCode::SWITCHING_PROTOCOLS);
                Ok::<_, Infallible>(response)
            })
        });
        let mut connection = pin!(self.http.serve_connection(TokioIo::new(stream), service).with_upgrades());
        let ended = tokio::select! {
            biased;
            ended = &mut connection => ended,
            _ = told.changed() => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    biased;
                    ended = &mut connection => ended,
                    () = cork.is_left() => return None,
                }
            }
            () = late => return None,
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "an HTTP connection failed");
        }
        cork.take_out()?.connect_now()
    }

    /// Whether a connection speaks HTTP/2, and what was read to tell; nothing where it says too little.
    #[cfg(feature = "http2")]
    async fn tell_apart(
        &self,
        mut stream: Stream,
        head: Pin<&mut Sleep>,
        told: &mut watch::Receiver<()>,
    ) -> Option<(Stream, (bool, Bytes))> {
        tokio::select! {
            biased;
            is_spoken = http2::is_spoken(&mut stream) => Some((stream, is_spoken.ok()?)),
            _ = told.changed() => None,
            () = head => None,
        }
    }

    /// Serves the requests that come over one connection of HTTP/2, WebSockets among them.
    #[cfg(feature = "http2")]
    async fn hold_streams(self: Arc<Self>, stream: Corked, cork: Cork, peer: Peer, mut told: watch::Receiver<()>) {
        let streams = Arc::new(http2::Streams::default());
        let service = service_fn({
            let streams = Arc::clone(&streams);
            move |mut request: Request<Incoming>| {
                http2::name_host(&mut request);
                let counted = streams.count();
                let (tells, gone) = oneshot::channel();
                let client = Client::new(Seat::counted(counted.clone(), tells));
                let hosted = Hosted { client: Some(Arc::clone(&client)), ..self.hosted() };
                let answer = self.answer(request, &Peer { client: Some(client), ..peer }, hosted);
                answer.map(|answer| {
                    answers::become_socket(gone);
                    Ok::<_, Infallible>(answer.map(|body| Pieces::of(body, counted)))
                })
            }
        });
        if let Err(error) = http2::serve(stream, &cork, &streams, service, &mut told).await {
            tracing::debug!(%error, "an HTTP/2 connection failed");
        }
    }

    /// Encrypts a connection, where that is asked for and the peer takes part in it.
    async fn secure(&self, stream: Stream) -> Option<Stream> {
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            return match tokio::time::timeout(HEAD, tls.accept(stream)).await {
                Ok(Ok(stream)) => Some(stream),
                Ok(Err(error)) => {
                    tracing::debug!(%error, "a TLS handshake failed");
                    None
                }
                Err(_elapsed) => {
                    tracing::debug!("a TLS handshake took too long");
                    None
                }
            };
        }
        Some(stream)
    }

    /// Answers a request. What of it does not wait is done here: what waits would keep it.
    fn answer(
        &self,
        request: Request<Incoming>,
        peer: &Peer,
        hosted: Hosted,
    ) -> impl Future<Output = Response> + Send + use<> {
        // Counted first: a server that begins to stop meanwhile either waits for it or refuses it.
        let counted = self.requests.subscribe();
        if self.stopping.load(Ordering::SeqCst) {
            // Whoever comes again has a new connection by then, to a server that serves.
            let headers = [(RETRY_AFTER, "1"), (CONNECTION, "close")];
            let refused = (StatusCode::SERVICE_UNAVAILABLE, headers, "stopping\n").into_response();
            return ready(refused).left_future();
        }
        let address = match &self.proxies {
            Some(proxies) if peer.is_proxy => match proxies.client(request.headers()) {
                // Where it says nothing, it asks for itself.
                Ok(client) => client.or(peer.address),
                Err(undecided) => {
                    self.refusals.note("client unknown", undecided.words());
                    return ready(undecided.into_response()).left_future();
                }
            },
            _ => peer.address,
        };
        let permit = match self.enter(&request, peer, address) {
            Ok(permit) => permit,
            Err(full) => {
                self.refusals.note(full.reason(), full.words());
                return ready(full.into_response()).left_future();
            }
        };
        let is_connect = request.method() == Method::CONNECT;
        let client = peer.client.clone();
        let answered = self.route(request, address, hosted).inspect(move |response| {
            let _counted = counted;
            let is_accepted = match is_connect {
                true => response.status().is_success(),
                false => response.status() == StatusCode::SWITCHING_PROTOCOLS,
            };
            if let (true, Some(permit), Some(client)) = (is_accepted, permit, client) {
                client.keep(permit);
            }
        });
        answered.right_future()
    }

    /// A place for a WebSocket that has none by its connection: that of a proxy's client, and one of many streams.
    fn enter(
        &self,
        request: &Request<Incoming>,
        peer: &Peer,
        from: Option<SocketAddr>,
    ) -> Result<Option<Permit>, Full> {
        let from = from.map(|from| from.ip());
        match from {
            _ if request.method() == Method::CONNECT => self.bounds.enter(from).map(Some),
            Some(from) if peer.is_proxy && request.headers().contains_key(UPGRADE) => {
                self.bounds.enter_behind_proxy(from).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// What it says with each request.
    fn hosted(&self) -> Hosted {
        let (sockets, sessions) = (Arc::clone(&self.sockets), self.sessions.clone());
        Hosted { sockets: Some(sockets), sessions: Some(sessions), ..Hosted::default() }
    }

    fn route(
        &self,
        mut request: Request<Incoming>,
        client: Option<SocketAddr>,
        hosted: Hosted,
    ) -> impl Future<Output = Response> + Send + use<> {
        let extensions = request.extensions_mut();
        if let Some(client) = client {
            extensions.insert(ConnectInfo(client));
        }
        extensions.insert(hosted);
        let response = self.router.clone().oneshot(request.map(awaited::body));
        response.map(|response| response.unwrap_or_else(|never| match never {}))
    }
}

/// Whom a connection comes from.
#[derive(Clone)]
struct Peer {
    address: Option<SocketAddr>,
    is_proxy: bool,
    /// Where the place of a client is kept that has none by the connection: a proxy's, and one of many streams.
    client: Option<Client>,
}
