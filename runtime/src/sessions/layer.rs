//! How requests come to their [`Sessions`].

use std::task::{Context, Poll};

use http::{Extensions, Request};
use tower::{Layer, Service};

use super::Sessions;
use crate::serve::Hosted;

impl Sessions {
    /// Those of the router around a route, or else those of its server.
    pub(crate) fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get().or_else(|| extensions.get::<Hosted>()?.sessions.as_ref())
    }
}

impl<S> Layer<S> for Sessions {
    type Service = WithSessions<S>;

    fn layer(&self, inner: S) -> WithSessions<S> {
        WithSessions { inner, sessions: self.clone() }
    }
}

/// A service whose conversations are kept: what [`Sessions`] make of one, as a [`Layer`].
#[derive(Clone, Debug)]
pub struct WithSessions<S> {
    inner: S,
    sessions: Sessions,
}

impl<B, S: Service<Request<B>>> Service<Request<B>> for WithSessions<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        self.sessions.start();
        request.extensions_mut().insert(self.sessions.clone());
        self.inner.call(request)
    }
}
