//! From an HTTP request to a socket: an axum extractor, and the task that its handler's answer starts.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{SEC_WEBSOCKET_PROTOCOL, SET_COOKIE};
use http::request::Parts;
use hyper::upgrade::OnUpgrade;
use tracing::field::display;

use crate::accepted::Accepted;
use crate::close::Close;
use crate::connection::{Connection, Settings};
use crate::conversation::Conversation;
use crate::driver::Work;
use crate::handshake::{self, Asks, UpgradeRejection};
use crate::held::Held;
use crate::keepalive::PingPolicy;
use crate::limits::Limits;
use crate::open::Leaves;
use crate::origins::{Origins, Trust};
use crate::pinned::pinned;
use crate::queues::{Queues, WhenFull};
use crate::registry::{ConnectionId, Place};
use crate::serve::Hosted;
use crate::session;
use crate::sessions::{Arrival, Visit};
use crate::socket::WebSocket;
use crate::wire::PROTOCOL;

/// A request that asks for a WebSocket, and may have it: everything that RFC 6455 §4.2.1 demands has been checked.
///
/// An axum extractor for handlers that decide for themselves; `#[ws_route]` uses it too. A request that is no
/// handshake gets its [`UpgradeRejection`] before the handler runs. Extensions, such as compression, are declined.
///
/// ```
/// use axum::{Router, routing::any};
/// use converse::{Received, Upgrade};
///
/// let app: Router = Router::new().route("/echo", any(async |upgrade: Upgrade| {
///     upgrade.on_socket(async |mut ws| {
///         while let Received::Message(message) = ws.receive().await {
///             ws.send(message).await?;
///         }
///         Ok::<_, converse::Error>(())
///     })
/// }));
/// ```
#[derive(Debug)]
pub struct Upgrade {
    asks: Asks,
    upgraded: OnUpgrade,
    hosted: Hosted,
    settings: Settings,
    visit: Option<Box<Visit>>,
    /// Whether the client would speak [`PROTOCOL`].
    json: bool,
    /// The subprotocols that it offers, and the one that was chosen.
    offered: Vec<HeaderValue>,
    protocol: Option<&'static str>,
    queues: Queues,
    /// For the log: where it comes from, and the pattern of the route that it has come to.
    peer: Option<SocketAddr>,
    route: Option<&'static str>,
}

impl Upgrade {
    /// Changes how big a message may be.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = Some(limits);
        self
    }

    /// Changes how a lost peer is found out.
    #[must_use]
    pub fn ping_policy(mut self, policy: PingPolicy) -> Self {
        self.settings.pings = Some(policy);
        self
    }

    /// Changes how much waits on either side of the connection, and what becomes of more. What a conversation says is
    /// never dropped, whatever this says: it waits then.
    #[must_use]
    pub fn queues(mut self, queues: Queues) -> Self {
        self.queues = queues;
        self
    }

    /// Agrees on the first of these subprotocols that the client offers (RFC 6455 §1.9): this order counts, and not the client's.
    /// [`WebSocket::protocol`] says which it is. Where the client offers none of them, there is none, and a browser that has asked
    /// for one hangs up.
    #[must_use]
    pub fn protocols(mut self, protocols: &[&'static str]) -> Self {
        self.protocol = handshake::negotiate(&self.offered, protocols);
        self
    }

    /// Accepts, and has `handler` drive the socket by hand.
    ///
    /// If it returns an error or panics, that is logged and the socket closed with 1011. If it moves the socket
    /// elsewhere, the connection lives on after it.
    pub fn on_socket<F, Fut>(self, handler: F) -> Response
    where
        F: FnOnce(WebSocket) -> Fut + Send + 'static,
        Fut: Future<Output: Outcome> + Send + 'static,
    {
        self.run(Leaves::AtOnce, move |connection| {
            Box::pin(async move {
                let outcome = handler(WebSocket::new(Arc::clone(&connection))).await;
                if let Some(failure) = outcome.failure() {
                    if connection.is_closing() {
                        // What else could it do, where the peer has left.
                        tracing::debug!("a WebSocket's handler failed: {failure:#}");
                    } else {
                        tracing::error!("a WebSocket's handler failed: {failure:#}");
                    }
                    connection.close(Close::new(Close::INTERNAL, ""));
                }
            })
        })
    }

    /// Accepts, and holds `conversation` over the socket.
    ///
    /// It ends with 1000 when the conversation does, with the conversation's own close code if it has one, and with
    /// 1011 if its code panics. If the client leaves, the turn that runs is ended and the conversation dropped, unless the
    /// router has [`Sessions`](crate::Sessions).
    pub async fn converse<C: Conversation<With = ()>>(self, conversation: impl Into<Held<C>>) -> Response {
        self.converse_with(conversation, ()).await
    }

    /// As [`converse`](Self::converse), for a conversation that depends on something.
    pub async fn converse_with<C: Conversation>(self, conversation: impl Into<Held<C>>, with: C::With) -> Response {
        self.hold(Box::new(conversation.into()), with).await
    }

    /// The same, of what is in a box already.
    #[expect(clippy::manual_async_fn, reason = "it would have a second place for `self`, which is large")]
    pub(crate) fn hold<C: Conversation>(
        mut self,
        mut held: Box<Held<C>>,
        with: C::With,
    ) -> impl Future<Output = Response> + Send {
        async move {
            let Some(visit) = self.visit.take() else {
                // Even where it was named: what is said here has no numbers.
                self.protocol = self.protocol.filter(|agreed| *agreed != PROTOCOL);
                let with = Arc::new(with);
                return self.run(Leaves::BetweenTurns, |connection| {
                    pinned(|| session::hold(WebSocket::new(connection), held, None, with))
                });
            };
            let with = visit.with::<C>(with);
            if self.json {
                self.protocol = Some(PROTOCOL);
                return self.run(Leaves::BetweenTurns, |connection| {
                    pinned(|| session::greet(WebSocket::new(connection), held, visit, with))
                });
            }
            let key = held.key.take();
            let token = if key.is_some() { Ok(None) } else { visit.cookie(C::FLOW.name) };
            let entered = match token {
                Ok(token) => visit.enter::<C>(Arrival { key, token, ..Arrival::default() }).await,
                Err(status) => Err(status),
            };
            let entered = match entered {
                Ok(entered) => entered,
                Err(status) => return status.into_response(),
            };
            let cookie = entered.token.as_ref().map(|token| visit.give(C::FLOW.name, token));
            let mut response = self.run(Leaves::BetweenTurns, |connection| {
                pinned(|| session::hold(WebSocket::new(connection), held, Some(entered), with))
            });
            if let Some(cookie) = cookie {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            response
        }
    }

    /// Has come to the route of this pattern.
    pub(crate) fn on(mut self, route: &'static str) -> Self {
        self.route = Some(route);
        self
    }

    fn run(self, leaves: Leaves, work: impl FnOnce(Arc<Connection>) -> Work) -> Response {
        let queues = match (leaves, self.queues.when_full) {
            (Leaves::BetweenTurns, WhenFull::Drop) => self.queues.when_full(WhenFull::Wait),
            _ => self.queues,
        };
        // A conversation does not ask.
        let protocol = self.protocol.filter(|_| leaves == Leaves::AtOnce);
        let connection = Connection::new(ConnectionId::unique()).with(queues).speaking(protocol);
        let Hosted { sockets, client, cork, .. } = self.hosted;
        let connection = Arc::new(connection.at(sockets, leaves));
        let peer = self.peer.map(display);
        let span = tracing::debug_span!("websocket", id = %connection.id(), peer, route = self.route);
        // From here on the server waits for this connection, whatever becomes of the request.
        let place = Place::take(Arc::clone(&connection));
        let work = work(connection);
        let accepted = Accepted { upgraded: self.upgraded, client, settings: self.settings, place, work, span };
        match cork {
            Some(cork) => cork.make_ready(accepted),
            None => accepted.wait(),
        }
        let mut response = handshake::accept(&self.asks);
        if let Some(protocol) = self.protocol.and_then(|protocol| HeaderValue::from_str(protocol).ok()) {
            response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, protocol);
        }
        response
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Upgrade {
    type Rejection = UpgradeRejection;

    async fn from_request_parts(request: &mut Parts, _state: &S) -> Result<Self, UpgradeRejection> {
        let asks = handshake::check(request)?;
        let trust = request.extensions.get().unwrap_or(&Origins::same_host()).trust(&request.headers);
        if trust == Trust::Refused {
            return Err(UpgradeRejection::Origin);
        }
        let upgraded = request.extensions.remove().ok_or(UpgradeRejection::NotUpgradable)?;
        let offered: Vec<_> = request.headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().cloned().collect();
        let json = handshake::negotiate(&offered, &[PROTOCOL]).is_some();
        let visit = Visit::of(request, trust == Trust::Own);
        let hosted = request.extensions.remove().unwrap_or_default();
        let peer = request.extensions.get().map(|ConnectInfo(peer)| *peer);
        let (settings, protocol, queues, route) = (Settings::default(), None, Queues::DEFAULT, None);
        Ok(Upgrade { asks, upgraded, hosted, settings, visit, json, offered, protocol, queues, peer, route })
    }
}

/// What a handler that drives a socket may return: nothing, or a `Result` whose error can be shown.
#[diagnostic::on_unimplemented(
    message = "a handler that drives a WebSocket cannot return `{Self}`",
    label = "neither `()` nor a `Result<(), E>` whose `E` can be displayed",
    note = "return `converse::Result`, or nothing"
)]
pub trait Outcome {
    /// What went wrong, for the log.
    fn failure(&self) -> Option<&dyn fmt::Display>;
}

impl Outcome for () {
    fn failure(&self) -> Option<&dyn fmt::Display> {
        None
    }
}

impl<E: fmt::Display> Outcome for Result<(), E> {
    fn failure(&self) -> Option<&dyn fmt::Display> {
        self.as_ref().err().map(|error| error as &dyn fmt::Display)
    }
}
