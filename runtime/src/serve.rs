//! Listening, and stopping in good order.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::announce;
use crate::error::{Error, Result};
use crate::open::Open;
use crate::sessions::Sessions;

/// For a request's head to come in.
const HEAD: Duration = Duration::from_secs(10);
/// The largest head of a request, in bytes.
const HEAD_BYTES: usize = 16 * 1024;
/// For what is open to end, once the server is to stop.
const GOODBYE: Duration = Duration::from_secs(10);
/// Between two attempts to accept a connection where the process has no file descriptor left for one.
const BREATH: Duration = Duration::from_millis(100);

/// Serves `router` at `address`, until Ctrl-C or SIGTERM.
///
/// Then no more connections are accepted, every WebSocket is closed with 1012, and this returns as soon as all have
/// ended, after 10 s in any case; a second signal ends the wait. [`Server`] does the same in steps.
///
/// It says on the standard error where it listens and which routes it has. Two variables of the environment are heard:
/// `CONVERSE_ADDRESS` takes the place of `address`, so that the same program can run elsewhere, and `CONVERSE_CLIENT`
/// is a command that the routes are shown with, to talk to them.
///
/// With more than some hundred busy sockets, tokio's scheduler for several threads lets single ones wait for a tenth
/// of a second; `global_queue_interval(2)` in the [runtime's builder](tokio::runtime::Builder) shortens that a lot.
///
/// # Errors
///
/// If the address cannot be listened on.
///
/// ```no_run
/// # async fn run() -> converse::Result {
/// converse::serve("127.0.0.1:8080", axum::Router::new()).await
/// # }
/// ```
pub async fn serve(address: impl ToSocketAddrs, router: Router) -> Result {
    let server = match std::env::var("CONVERSE_ADDRESS") {
        Ok(address) => {
            let listener = TcpListener::bind(address).await;
            Server::from_listener(listener.map_err(|error| Error::listen("the address in CONVERSE_ADDRESS", error))?)?
        }
        Err(_) => Server::bind(address).await?,
    };
    announce::listening(server.local_addr());
    server.serve(router).await
}

/// A server that listens and has yet to serve.
///
/// ```no_run
/// # async fn run() -> converse::Result {
/// let server = converse::Server::bind("127.0.0.1:0").await?;
/// println!("http://{}", server.local_addr());
/// server.serve(axum::Router::new()).await
/// # }
/// ```
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Server {
    /// Listens at `address`. With port 0 the system chooses one: [`local_addr`](Self::local_addr) knows it.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on.
    pub async fn bind(address: impl ToSocketAddrs) -> Result<Self> {
        let listener = TcpListener::bind(address).await;
        Server::from_listener(listener.map_err(|error| Error::listen("the address", error))?)
    }

    /// Serves on a socket that listens already.
    ///
    /// # Errors
    ///
    /// If the socket has no address.
    pub fn from_listener(listener: TcpListener) -> Result<Self> {
        let address = listener.local_addr()?;
        Ok(Server { listener, address, stop: Box::pin(signal()) })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Stops when `stop` is done, and not on signals.
    #[must_use]
    pub fn shutdown_on(mut self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        self.stop = Box::pin(stop);
        self
    }

    /// Serves `router` until it is time to stop, and stops as [`serve`] says.
    ///
    /// # Errors
    ///
    /// None at present.
    pub async fn serve(self, router: Router) -> Result {
        let Server { listener, address, mut stop } = self;
        tracing::info!(%address, "listening");
        let (requests, stopping) = watch::channel(());
        let sockets = Arc::new(Open::default());
        // A router with sessions of its own keeps its conversations there.
        let sessions = Sessions::in_memory();
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    // Nagle's algorithm and delayed acknowledgements together hold small answers back for 40 ms.
                    let _ = stream.set_nodelay(true);
                    hold(stream, peer, router.clone(), (&sockets, &sessions), stopping.clone());
                }
                Err(error) if is_peers(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
        drop((listener, stopping));
        requests.send_replace(());
        tracing::info!("stopping");
        sockets.close();
        let mut ended = pin!(async { tokio::join!(requests.closed(), sockets.emptied()) });
        tokio::select! {
            _ = &mut ended => {}
            () = tokio::time::sleep(GOODBYE) => tracing::warn!("some connections did not end in time"),
            () = signal() => {}
        }
        Ok(())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Serves the requests that come over one TCP connection, until one of them makes it a WebSocket.
fn hold(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    (sockets, sessions): (&Arc<Open>, &Sessions),
    mut stopping: watch::Receiver<()>,
) {
    let (sockets, sessions) = (Arc::clone(sockets), sessions.clone());
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(Arc::clone(&sockets));
        request.extensions_mut().insert(sessions.clone());
        let response = router.clone().oneshot(request.map(Body::new));
        async { Ok::<_, Infallible>(response.await.unwrap_or_else(|never| match never {})) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::spawn(async move {
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = &mut connection => ended,
            _ = stopping.changed() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "an HTTP connection failed");
        }
        drop(stopping); // Until here the server waits.
    });
}

/// Whether the connection, rather than the listener, is what failed.
fn is_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Waits for Ctrl-C or SIGTERM.
async fn signal() {
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signals) => drop(signals.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    let interrupt = async {
        match tokio::signal::ctrl_c().await {
            Ok(()) => {}
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminate => {}
        () = interrupt => {}
    }
}
