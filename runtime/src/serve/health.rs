//! A route that tells whether the server serves.

use axum::routing::{MethodRouter, get};
use http::header::CACHE_CONTROL;

/// A route for whoever asks whether this server is well: 200 `ok` while it serves, 503 `stopping` once it is to stop.
///
/// The second answer is one that a stopping [`Server`](crate::Server) gives to every request; new connections are not
/// accepted any more by then, which load balancers understand as well.
///
/// ```
/// let app: axum::Router = axum::Router::new().route("/health", converse::health());
/// # drop(app);
/// ```
pub fn health<S: Clone + Send + Sync + 'static>() -> MethodRouter<S> {
    get(async || ([(CACHE_CONTROL, "no-store")], "ok\n"))
}
