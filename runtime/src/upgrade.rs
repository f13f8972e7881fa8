//! The handshake (RFC 6455 §4.2) as an axum extractor.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;

use crate::conversation::Conversation;
use crate::socket::WebSocket;

/// A request that asks for a WebSocket, with everything checked that the handshake asks for.
#[derive(Debug)]
pub struct Upgrade(());

impl Upgrade {
    /// Accepts, and has `handler` drive the socket by hand.
    pub fn on_socket<F, Fut>(self, handler: F) -> Response
    where
        F: FnOnce(WebSocket) -> Fut + Send + 'static,
        Fut: Future<Output: Outcome> + Send + 'static,
    {
        let _ = handler;
        Response::default()
    }

    /// Accepts, and holds `conversation` over the socket.
    pub fn converse<C: Conversation>(self, conversation: C) -> Response {
        let _ = conversation;
        Response::default()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Upgrade {
    type Rejection = Infallible;

    async fn from_request_parts(_parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Upgrade(()))
    }
}

/// What a handler that drives a socket may return: nothing, or a `Result` whose error can be shown.
pub trait Outcome: Send {
    /// What went wrong, for the log.
    fn failure(&self) -> Option<&dyn fmt::Display>;
}

impl Outcome for () {
    fn failure(&self) -> Option<&dyn fmt::Display> {
        None
    }
}

impl<E: fmt::Display + Send> Outcome for Result<(), E> {
    fn failure(&self) -> Option<&dyn fmt::Display> {
        self.as_ref().err().map(|error| error as &dyn fmt::Display)
    }
}
