//! What `fuzz/` reaches only from within: the link without a handshake, and what proxies say.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::connection::Connection;
use crate::driver::Driver;
use crate::keepalive::PingPolicy;
use crate::limits::Limits;
use crate::link::Link;
use crate::registry::{ConnectionId, Place};
use crate::serve::Proxies;
use crate::socket::WebSocket;

/// Runs a connection behind its handshake, which has read `early`, and a handler beside it.
pub async fn hold<IO, F, Fut>(io: IO, early: Bytes, limits: Limits, handler: F)
where
    IO: AsyncRead + AsyncWrite + Unpin,
    F: FnOnce(WebSocket) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let connection = Arc::new(Connection::new(ConnectionId::unique()));
    let place = Place::take(Arc::clone(&connection));
    let work = Box::pin(handler(WebSocket::new(connection)));
    Driver::new(Link::new(io, early, limits, PingPolicy::default()), place, work).await;
}

/// The client that one of these proxies speaks for.
pub fn forwarded(proxies: &[&str], headers: &HeaderMap) -> Option<SocketAddr> {
    Proxies::read(proxies).expect("addresses and networks").client(headers).ok().flatten()
}
