//! Routers around one handler, and servers on a port of their own.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::any;
use converse::{Outcome, Result, Server, Upgrade, WebSocket};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Client;

/// An application whose every path is a WebSocket that `handler` drives.
pub(crate) fn socket<F, Fut>(handler: F) -> Router
where
    F: FnOnce(WebSocket) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output: Outcome> + Send + 'static,
{
    Router::new().fallback(any(async move |upgrade: Upgrade| upgrade.on_socket(handler)))
}

/// A server of ours, on a port that the system chose.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    done: JoinHandle<Result>,
}

pub(crate) async fn serve(app: Router) -> Running {
    serve_as(app, |server| server).await
}

/// A server with other settings.
pub(crate) async fn serve_as(app: Router, set: impl FnOnce(Server) -> Server) -> Running {
    let (stop, stopped) = oneshot::channel();
    let server = Server::bind("127.0.0.1:0").await.expect("a free port");
    let address = server.local_addr();
    let server = set(server).shutdown_on(async { drop(stopped.await) });
    Running { address, stop, done: tokio::spawn(server.serve(app)) }
}

impl Running {
    pub(crate) async fn connect(&self) -> Client<TcpStream> {
        Client::over(TcpStream::connect(self.address).await.expect("the server listens"), "/").await
    }

    /// Tells the server to stop; the handle is done when it has.
    pub(crate) fn stop(self) -> JoinHandle<Result> {
        self.stop.send(()).expect("the server runs");
        self.done
    }
}
