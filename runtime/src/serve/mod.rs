//! Listening, and stopping in good order.

#[cfg(feature = "http2")]
mod answers;
mod awaited;
mod bounds;
mod cork;
mod drain;
mod forwarded;
mod health;
mod host;
mod hosted;
#[cfg(feature = "http2")]
mod http2;
mod listener;
#[cfg(all(target_os = "linux", feature = "systemd"))]
mod notify;
mod refuse;
mod signal;
mod stream;
mod taken;
#[cfg(feature = "tls")]
mod tls;

use std::fmt;
use std::future::Future;
use std::io;
#[cfg(unix)]
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
#[cfg(unix)]
use tokio::net::UnixListener;
use tokio::net::{TcpListener, ToSocketAddrs, lookup_host};

pub(crate) use self::cork::Corked;
use self::drain::Drain;
pub(crate) use self::forwarded::Proxies;
pub use self::health::health;
use self::host::{Host, Rules};
pub(crate) use self::hosted::Hosted;
pub use self::listener::Listener;
use self::signal::signal;
pub(crate) use self::stream::{Client, Stream};
#[cfg(feature = "tls")]
pub use self::tls::Tls;
use crate::error::{Error, Result};
use crate::{announce, route};

/// Serves `router` at `address`, until Ctrl-C or SIGTERM.
///
/// Then no more connections are accepted, requests and turns that have begun get to their ends, every WebSocket is
/// closed with 1012, and this returns as soon as all have ended, after 10 s in any case; a second signal ends the wait.
/// [`Server`] does the same in steps, and has the settings.
///
/// It says on the standard error where it listens and which routes it has. Two variables of the environment are heard:
/// `CONVERSE_ADDRESS` takes the place of `address`, so that the same program can run elsewhere, and `CONVERSE_CLIENT`
/// is a command that the routes are shown with, to talk to them.
///
/// One address of another machine may have 128 connections at a time. That is too few for a proxy, which is one address
/// for all of its clients: see [`Server::trust_forwarded`].
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
    let server = match std::env::var_os("CONVERSE_ADDRESS") {
        Some(address) => {
            let which = format!("the address {address:?} in CONVERSE_ADDRESS");
            let listener = match address.into_string() {
                Ok(address) => TcpListener::bind(address).await,
                Err(_) => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not UTF-8")),
            };
            Server::at(listener.map_err(|error| Error::listen(which, error))?)?
        }
        None => Server::bind(address).await?,
    };
    announce::listening(server.local_addr());
    server.serve(router).await
}

/// A server that listens and has yet to serve: HTTP/1.1 and, with the feature `http2`, HTTP/2, where each stream may be a
/// WebSocket (RFC 8441).
///
/// What a connection may cost before it is a WebSocket is bounded: the head of a request has 10 s to come in, counted
/// from when the connection is accepted or, where it is kept alive, from the end of the answer before, and 16 KiB.
/// Whoever takes nothing of an answer for 20 s is given up, and a body of a request of which nothing comes for as long is an
/// error for its handler.
///
/// ```no_run
/// # async fn run() -> converse::Result {
/// let server = converse::Server::bind("127.0.0.1:0").await?;
/// println!("http://{}", server.local_addr());
/// server.serve(axum::Router::new()).await
/// # }
/// ```
pub struct Server<L: Listener = TcpListener> {
    listener: L,
    address: L::Address,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
    rules: Rules,
    drain: Drain,
}

impl Server {
    /// Listens at `address`. With port 0 the system chooses one: [`local_addr`](Self::local_addr) knows it.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on.
    pub async fn bind(address: impl ToSocketAddrs) -> Result<Self> {
        let addresses = lookup_host(address).await.map_err(|error| Error::listen("the address", error))?;
        let addresses: Vec<_> = addresses.collect();
        let which = || addresses.iter().fold("the address".to_owned(), |which, address| format!("{which} {address}"));
        let listener = TcpListener::bind(&*addresses).await;
        Server::at(listener.map_err(|error| Error::listen(which(), error))?)
    }
}

#[cfg(unix)]
impl Server<UnixListener> {
    /// Listens at a path, as behind a proxy on the same machine.
    ///
    /// A socket that a process before has left there is replaced, if nobody listens on it; anything else stays, and is an
    /// error. The file stays behind when the server stops, since by then it may be the next one's. Who may connect is who may
    /// write to the file, whose permissions are those of the process's umask, and reach it through its folder: with the usual
    /// umask of 022 only the server's own user.
    ///
    /// There is no [`ConnectInfo`](axum::extract::ConnectInfo) for its requests, as the peers have no addresses, and no
    /// bound for any of those.
    ///
    /// # Errors
    ///
    /// If the path cannot be listened on.
    ///
    /// ```no_run
    /// # async fn run() -> converse::Result {
    /// converse::Server::bind_unix("/run/app/converse.sock")?.serve(axum::Router::new()).await
    /// # }
    /// ```
    pub fn bind_unix(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let listener = listener::bind(path);
        Server::at(listener.map_err(|error| Error::listen(format!("the path {path:?}"), error))?)
    }
}

impl<L: Listener> Server<L> {
    /// Serves on a socket that listens already, of TCP or at a path.
    ///
    /// # Errors
    ///
    /// If the socket has no address.
    pub fn from_listener(listener: L) -> Result<Self> {
        let address = listener.address()?;
        listener.prepare();
        let stop = Box::pin(signal());
        Ok(Server { listener, address, stop, rules: Rules::default(), drain: Drain::default() })
    }

    /// On a socket of our own, which may have a longer queue.
    fn at(listener: L) -> Result<Self> {
        listener.lengthen();
        Server::from_listener(listener)
    }

    /// Where it listens.
    pub fn local_addr(&self) -> L::Address {
        self.address.clone()
    }

    /// Stops when `stop` is done, and not on signals.
    #[must_use]
    pub fn shutdown_on(mut self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        self.stop = Box::pin(stop);
        self
    }

    /// Bounds how many connections there are at the same time, WebSockets included. One more is answered with 503.
    ///
    /// By default there may be as many as the process can have files open (its soft `RLIMIT_NOFILE`), less a sixteenth of
    /// that and at least 64, which are left for stores, logs and connections to other servers; of a limit below 128 they
    /// get half. Where the system has no such limit, connections have none.
    #[must_use]
    pub fn max_connections(mut self, connections: impl Into<Option<usize>>) -> Self {
        self.rules.bounds.set_all(connections.into());
        self
    }

    /// Bounds how many connections one address has at the same time, WebSockets included: an IPv4 address, or the /64 of an
    /// IPv6 address, which is what one customer of a provider has. One more is answered with 429. By default 128, but for
    /// this machine itself, whose loopback addresses may have any number: what comes from there is a proxy, most of the
    /// time.
    ///
    /// Behind a proxy every connection comes from the same address, the proxy's:
    /// [`trust_forwarded`](Self::trust_forwarded) tells its clients apart, and `None` stands for no bound.
    #[must_use]
    pub fn max_connections_per_address(mut self, connections: impl Into<Option<usize>>) -> Self {
        self.rules.bounds.set_each(connections.into());
        self
    }

    /// Believes these proxies, addresses or networks, when they say in `Forwarded` or `X-Forwarded-For` whom they speak for. By
    /// default nobody is believed, since anybody can send these headers.
    ///
    /// It is the last address in the header that is none of the proxies', and it takes the place of the proxy's in
    /// [`ConnectInfo`](axum::extract::ConnectInfo), with port 0 where the header has none. The bound
    /// [for one address](Self::max_connections_per_address) then counts the WebSockets of each client, and not the
    /// connections of these proxies. Who comes over a socket [at a path](Server::bind_unix) is one of them.
    ///
    /// Where both headers are there and disagree, or the last one in them is not an address, the request is refused with
    /// 400: it could be anybody's. Where there is neither, the proxy asks for itself, and its own address counts.
    ///
    /// # Errors
    ///
    /// If one of them is neither an address nor a network.
    ///
    /// ```
    /// # async fn run() -> converse::Result {
    /// let server = converse::Server::bind("127.0.0.1:0").await?;
    /// let server = server.trust_forwarded(["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"])?;
    /// # drop(server); Ok(())
    /// # }
    /// ```
    pub fn trust_forwarded<P: AsRef<str>>(mut self, proxies: impl IntoIterator<Item = P>) -> Result<Self> {
        self.rules.proxies = Some(Proxies::read(proxies).map_err(Error::new)?);
        Ok(self)
    }

    /// How long it waits, once it is to stop, for what has begun to end. By default 10 s.
    ///
    /// In the last tenth of it, WebSockets are closed even where a turn still runs.
    #[must_use]
    pub fn drain_for(mut self, time: Duration) -> Self {
        self.drain.time = time;
        self
    }

    /// Closes so many WebSockets at a time when it stops, and waits so long before the next ones. By default 1,000 every
    /// 200 ms.
    ///
    /// Clients that are closed with 1012 come back at once, to whatever serves now: one after another it can bear them.
    /// Where there are so many that this would take more than half of the time [to drain](Self::drain_for), more are
    /// closed at a time.
    #[must_use]
    pub fn close_in_batches(mut self, sockets: usize, every: Duration) -> Self {
        (self.drain.batch, self.drain.every) = (sockets, every);
        self
    }

    /// Encrypts every connection. Its handshake has 10 s, as the head of a request has behind it.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.rules.tls = Some(tls);
        self
    }

    /// Serves `router` until it is time to stop, and stops.
    ///
    /// No more connections are accepted then. Requests that have begun are answered, those that still come over open
    /// connections get 503 with `Retry-After`. A conversation's turn that runs gets to its end and is stored, and its
    /// words are said; then, and where none runs, the WebSocket is closed with 1012. A handler that drives its socket by
    /// hand has it closed at once.
    ///
    /// With the feature `systemd`, systemd is told `READY=1` when it begins to serve, and `STOPPING=1` when it stops: that is
    /// what `Type=notify` in a unit waits for.
    ///
    /// This returns once all that is done, handlers included, or [its time](Self::drain_for) is over. What has not ended
    /// by then goes on until the tokio runtime ends.
    ///
    /// # Errors
    ///
    /// None at present.
    pub async fn serve(self, router: Router) -> Result {
        let Server { listener, address, stop, rules, drain } = self;
        // Beside what is served: what a router has around its routes may take its time.
        tokio::spawn({
            let router = router.clone();
            async move { route::hold_known(&router).await }
        });
        let host = Arc::new(Host::new(router, rules));
        tracing::info!(?address, "listening");
        #[cfg(all(target_os = "linux", feature = "systemd"))]
        notify::ready();
        host.accept_until(stop, listener).await;
        #[cfg(all(target_os = "linux", feature = "systemd"))]
        notify::stopping();
        drain.run(&host).await;
        Ok(())
    }
}

impl<L: Listener> fmt::Debug for Server<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}
