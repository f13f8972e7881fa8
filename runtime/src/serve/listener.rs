//! What a server listens on: an address of TCP, or a path.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;

#[cfg(target_os = "linux")]
use socket2::SockRef;
use tokio::net::TcpListener;

use super::stream::Stream;
#[cfg(target_os = "linux")]
use crate::keepalive::PingPolicy;

/// What a [`Server`](crate::Server) serves on: tokio's `TcpListener` and, on Unix, its `UnixListener`.
///
/// It cannot be implemented for others: what a connection of them is, this crate knows.
pub trait Listener: Send + Sync + 'static {
    /// Where it listens.
    type Address: Clone + fmt::Debug + Send;

    #[doc(hidden)]
    fn address(&self) -> io::Result<Self::Address>;

    /// Has more connections wait to be accepted than it asks for by itself.
    #[doc(hidden)]
    fn lengthen(&self) {}

    /// Sets what all of its connections have from the beginning.
    #[doc(hidden)]
    fn prepare(&self) {}

    /// The next connection, and where it comes from if that can be told.
    #[doc(hidden)]
    fn accept(&self) -> impl Future<Output = io::Result<(Stream, Option<SocketAddr>)>> + Send;
}

impl Listener for TcpListener {
    type Address = SocketAddr;

    fn address(&self) -> io::Result<SocketAddr> {
        self.local_addr()
    }

    #[cfg(target_os = "linux")]
    fn lengthen(&self) {
        listen_again(self);
    }

    #[cfg(target_os = "linux")]
    fn prepare(&self) {
        // Sockets that are accepted inherit these (tcp(7)): each call for one of them would be one more. Nagle's algorithm and
        // delayed acknowledgements together hold small answers back for 40 ms. The time (RFC 5482) is as long as a WebSocket's
        // ping may stay unanswered: where nothing is read, no answer is seen, and who is gone is found out by what TCP has to
        // send again.
        let (every, timeout) = PingPolicy::TIMES;
        let socket = SockRef::from(self);
        let set = socket.set_tcp_nodelay(true).and_then(|()| socket.set_tcp_user_timeout(Some(every + timeout)));
        if let Err(error) = set {
            tracing::warn!(%error, "a listening socket cannot be set up as it should");
        }
    }

    async fn accept(&self) -> io::Result<(Stream, Option<SocketAddr>)> {
        let (stream, peer) = TcpListener::accept(self).await?;
        #[cfg(not(target_os = "linux"))]
        let _ = stream.set_nodelay(true); // as above
        Ok((stream.into(), Some(peer)))
    }
}

/// How many connections may wait to be accepted, as far as the system lets them (`net.core.somaxconn`). Of a crowd that comes back
/// at once, as when a server was started anew, whoever finds no room has to try again after a second.
#[cfg(target_os = "linux")]
const QUEUE: i32 = 4096;

/// To listen on what listens already sets the length of its queue, and changes nothing else.
#[cfg(target_os = "linux")]
fn listen_again(socket: &impl std::os::fd::AsFd) {
    if let Err(error) = SockRef::from(socket).listen(QUEUE) {
        tracing::warn!(%error, "a listening socket has a short queue");
    }
}

#[cfg(unix)]
pub(super) use self::unix::bind;

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::io::{self, ErrorKind};
    use std::net::SocketAddr;
    use std::os::unix::fs::FileTypeExt;
    use std::os::unix::net::SocketAddr as Path;

    use futures_util::FutureExt;
    use tokio::net::{UnixListener, UnixStream};

    use super::{Listener, Stream};

    impl Listener for UnixListener {
        type Address = Path;

        fn address(&self) -> io::Result<Path> {
            self.local_addr().map(Path::from)
        }

        #[cfg(target_os = "linux")]
        fn lengthen(&self) {
            super::listen_again(self);
        }

        async fn accept(&self) -> io::Result<(Stream, Option<SocketAddr>)> {
            let (stream, _unnamed) = UnixListener::accept(self).await?;
            Ok((stream.into(), None))
        }
    }

    /// Listens at `path`, also where a socket is left behind there that nobody listens on.
    pub(in crate::serve) fn bind(path: &std::path::Path) -> io::Result<UnixListener> {
        if path.as_os_str().is_empty() {
            // Linux would choose a name that nobody knows (unix(7)).
            return Err(io::Error::new(ErrorKind::InvalidInput, "it is empty"));
        }
        match UnixListener::bind(path) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => match fs::symlink_metadata(path) {
                Ok(file) if !file.file_type().is_socket() => {
                    Err(io::Error::new(ErrorKind::AlreadyExists, "what is there is no socket"))
                }
                Ok(_) if is_stale(path) => {
                    fs::remove_file(path)?;
                    UnixListener::bind(path)
                }
                _ => Err(error),
            },
            bound => bound,
        }
    }

    /// Whether nobody listens at a socket. That is known at once: where somebody does whose queue is full, it would have to be
    /// waited for.
    fn is_stale(path: &std::path::Path) -> bool {
        let probe = UnixStream::connect(path).now_or_never();
        probe.is_some_and(|probe| probe.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::time::Duration;

    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn what_is_accepted_sends_at_once_and_has_forty_seconds_for_it_to_be_acknowledged() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a port");
        listener.prepare();
        let client = TcpStream::connect(listener.address().expect("it has one")).await;
        let (accepted, _) = TcpListener::accept(&listener).await.expect("somebody connects");
        let patience = SockRef::from(&accepted).tcp_user_timeout().expect("it can be asked");
        assert_eq!(patience, Some(Duration::from_secs(40)));
        assert!(accepted.nodelay().expect("it can be asked"));
        drop(client);
    }
}
