//! The routes of this process, and the request by which a server asks each of them what conversations it holds.
//!
//! A process goes on with conversations that nobody is connected to once it knows what they depend on. That comes out of the
//! router's state, which axum hands to handlers and to nobody else: so a server that starts asks them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract;
use converse_flow::Route;
use http::{Method, Request, Uri};
use tower::ServiceExt;

/// Every route that `routes!` has put into a router: its shape, by its pattern. One that was nested in another router answers
/// elsewhere.
static ROUTES: Mutex<BTreeMap<&'static str, &'static str>> = Mutex::new(BTreeMap::new());

/// No handler is for this one but those that are for all; the request never leaves the process.
const METHOD: &[u8] = b"HOLD";

/// What only such a request has: a client can send the method, too.
#[derive(Clone, Copy)]
struct Ours;

/// There is one more.
pub(super) fn add(route: &Route) {
    routes().insert(route.pattern, route.shape);
}

/// The patterns of all, in order.
pub(crate) fn patterns() -> Vec<&'static str> {
    routes().keys().copied().collect()
}

/// Has the routes of a router tell its sessions what they hold.
pub(crate) async fn hold(router: &Router) {
    let requests: Vec<_> = routes().values().filter_map(|shape| request(shape)).collect();
    for request in requests {
        let Ok(_response) = router.clone().oneshot(request).await;
    }
}

/// Whether this is such a request.
pub(super) fn is_ours(request: &extract::Request) -> bool {
    request.extensions().get::<Ours>().is_some()
}

/// One to a route of this shape; none where that is no path.
fn request(shape: &str) -> Option<extract::Request> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = Method::from_bytes(METHOD).ok()?;
    *request.uri_mut() = Uri::try_from(shape.replace('?', "0")).ok()?;
    request.extensions_mut().insert(Ours);
    Some(request)
}

fn routes() -> MutexGuard<'static, BTreeMap<&'static str, &'static str>> {
    ROUTES.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_a_value_for_each_parameter() {
        let path = |shape| request(shape).map(|request| request.uri().to_string());
        assert_eq!(path("/introduce").as_deref(), Some("/introduce"));
        assert_eq!(path("/rooms/?/files/?").as_deref(), Some("/rooms/0/files/0"));
        assert_eq!(path(""), None);
    }

    #[test]
    fn no_client_can_send_one() {
        let ours = request("/introduce").expect("it is a path");
        let mut theirs = Request::new(Body::empty());
        (*theirs.method_mut(), *theirs.uri_mut()) = (ours.method().clone(), ours.uri().clone());
        assert!(is_ours(&ours) && !is_ours(&theirs));
    }
}
