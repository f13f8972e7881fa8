//! Listening, and stopping.

use axum::Router;
use tokio::net::ToSocketAddrs;

use crate::error::Result;

/// Serves `router` at `address` until Ctrl-C or SIGTERM.
///
/// # Errors
///
/// Where the address cannot be listened on.
pub async fn serve(address: impl ToSocketAddrs, router: Router) -> Result {
    let listener = tokio::net::TcpListener::bind(address).await?;
    Ok(axum::serve(listener, router).await?)
}
