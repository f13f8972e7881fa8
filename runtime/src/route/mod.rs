//! What `#[ws_route]` and `routes!` put their routes on: traits for the enum beside a handler, and the steps from a
//! request to the handler and from its answer to the response.
//!
//! Upgrade checks come first, extractors next, in the order of the handler's parameters; then the handler runs.

mod answer;
mod known;
mod policy;
mod request;

use std::future::{Future, ready};
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;

use axum::Router;
use axum::extract;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use converse_flow::Route;
use futures_util::FutureExt;
use http::StatusCode;

use crate::pinned::pinned;
use crate::sessions::Sessions;

pub use answer::{IntoConversation, Refusal, converse, hold, on_socket};
pub(crate) use known::{hold as hold_known, patterns};
pub use policy::Policy;
pub use request::{Extractor, PathParameter, Request};

/// A handler's route, as a constant.
pub trait Routed: 'static {
    /// Its pattern, and where the handler stands.
    const ROUTE: Route;

    /// The names of the pattern's parameters, in order.
    const PARAMETERS: &'static [&'static str];
}

/// A handler that answers requests to a router whose state is `S`; `F` is its function.
#[diagnostic::on_unimplemented(
    message = "this is not a WebSocket route",
    label = "no handler with a route",
    note = "put `#[ws_route(\"/…\")]` on the handler"
)]
pub trait WsRoute<S, F>: Routed {
    /// Answers one request.
    fn answer(request: Request<S>) -> impl Future<Output = Result<Response, Refusal>> + Send + 'static;

    /// Has conversations of the kind that it answers with go on with nobody there.
    fn hold(_state: &S, _sessions: &Sessions) {}
}

/// What can be the state of a router.
pub trait State: Clone + Send + Sync + 'static {}

impl<S: Clone + Send + Sync + 'static> State for S {}

/// The router, and the route `R` in it.
pub fn add<R, S, F>(router: Router<S>, _handler: F) -> Router<S>
where
    R: WsRoute<S, F>,
    S: State,
{
    known::add(&R::ROUTE);
    let answer = |request| -> Answering {
        pinned(|| {
            AssertUnwindSafe(<R as WsRoute<S, F>>::answer(request)).catch_unwind().map(|answered| match answered {
                Ok(answer) => answer.unwrap_or_else(Refusal::into_response),
                Err(_panic) => panicked(R::ROUTE.pattern),
            })
        })
    };
    router.route(R::ROUTE.pattern, any(Answer { route: R::ROUTE.pattern, answer, hold: <R as WsRoute<S, F>>::hold }))
}

/// What is answered where a handler has panicked. Its connection goes on, as do the others' streams on it.
#[cold]
fn panicked(route: &'static str) -> Response {
    tracing::error!(route, "a handler panicked before it answered");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// A handler for axum: one type for all routes of a router, because axum's code for each type of handler is large.
struct Answer<S> {
    route: &'static str,
    answer: fn(Request<S>) -> Answering,
    hold: fn(&S, &Sessions),
}

type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

impl<S> Clone for Answer<S> {
    fn clone(&self) -> Self {
        Answer { ..*self }
    }
}

impl<S: State> Handler<(), S> for Answer<S> {
    type Future = Answering;

    fn call(self, request: extract::Request, state: S) -> Self::Future {
        if known::is_ours(&request) {
            // Without sessions, nothing outlives the process that went on with it.
            if let Some(sessions) = Sessions::of(request.extensions()) {
                (self.hold)(&state, sessions);
            }
            return Box::pin(ready(Response::default()));
        }
        (self.answer)(Request::new(request, state, self.route))
    }
}

/// The constant of a type that may have none.
#[derive(Debug)]
pub struct RouteOf<R>(PhantomData<R>);

impl<R: Routed> RouteOf<R> {
    /// The route that stands beside a handler: where there is one this goes before [`NoRoute::ROUTE`].
    pub const ROUTE: Route = R::ROUTE;
}

/// What `routes!` falls back on, to say in one sentence that something is not a route.
pub mod not_a_route {
    use axum::response::Response;

    use super::{Refusal, Request, Route, RouteOf, Routed, State, WsRoute};

    /// The constant of a type that has none.
    pub trait NoRoute {
        /// Conflicts with nothing.
        const ROUTE: Route = Route { pattern: "", shape: "", catch_all: false, handler: "", file: "", line: 0 };
    }

    impl<R> NoRoute for RouteOf<R> {}

    /// The type of a name that is a function's alone.
    #[allow(non_camel_case_types)]
    #[derive(Debug)]
    pub enum __route {}

    impl Routed for __route {
        const ROUTE: Route = <RouteOf<Self> as NoRoute>::ROUTE;
        const PARAMETERS: &'static [&'static str] = &[];
    }

    /// What no function is. Where a list names one that does not exist, `F` is unknown, and the compiler says no more.
    pub trait HasRoute {}

    #[diagnostic::do_not_recommend]
    impl<S: State, F: HasRoute + 'static> WsRoute<S, F> for __route {
        async fn answer(_: Request<S>) -> Result<Response, Refusal> {
            Ok(Response::default())
        }
    }
}
