//! A server that another one takes the place of, while its clients look on.

use std::net::{SocketAddr, TcpListener};

use converse::Server;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Servers at one address, one after the other.
pub(crate) struct Replaced<S> {
    serve: S,
    /// It is shared by them, so that who comes between two of them waits for the later one.
    listener: TcpListener,
    running: Option<(oneshot::Sender<()>, JoinHandle<converse::Result>)>,
    runtime: Runtime,
}

impl<S, F> Replaced<S>
where
    S: Fn(Server) -> F,
    F: Future<Output = converse::Result> + Send + 'static,
{
    /// Starts the first one, which is served as `serve` says.
    pub(crate) fn start(serve: S) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a setting that each socket has");
        let mut servers = Replaced { serve, listener, running: None, runtime: Runtime::new().expect("a runtime") };
        servers.run();
        servers
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.listener.local_addr().expect("it listens")
    }

    /// Stops the one that runs in good order, and starts the next.
    pub(crate) fn replace(&mut self) {
        let (stop, served) = self.running.take().expect("one always runs");
        stop.send(()).expect("it runs until it is told to stop");
        self.runtime.block_on(served).expect("it does not panic").expect("it stops");
        self.run();
    }

    fn run(&mut self) {
        let _entered = self.runtime.enter();
        let listener = self.listener.try_clone().and_then(tokio::net::TcpListener::from_std);
        let server = Server::from_listener(listener.expect("another handle on the socket"));
        let (stop, stopped) = oneshot::channel();
        let server = server.expect("it has an address").shutdown_on(async { drop(stopped.await) });
        self.running = Some((stop, self.runtime.spawn((self.serve)(server))));
    }
}
