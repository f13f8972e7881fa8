//! What a server listens on: an address of TCP, or a path.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::stream::Stream;

/// What a [`Server`](crate::Server) serves on: tokio's `TcpListener` and, on Unix, its `UnixListener`.
///
/// It cannot be implemented for others: what a connection of them is, this crate knows.
pub trait Listener: Send + Sync + 'static {
    /// Where it listens.
    type Address: Clone + fmt::Debug + Send;

    #[doc(hidden)]
    fn address(&self) -> io::Result<Self::Address>;

    /// The next connection, and where it comes from if that can be told.
    #[doc(hidden)]
    fn accept(&self) -> impl Future<Output = io::Result<(Stream, Option<SocketAddr>)>> + Send;
}

impl Listener for TcpListener {
    type Address = SocketAddr;

    fn address(&self) -> io::Result<SocketAddr> {
        self.local_addr()
    }

    async fn accept(&self) -> io::Result<(Stream, Option<SocketAddr>)> {
        let (stream, peer) = TcpListener::accept(self).await?;
        // Nagle's algorithm and delayed acknowledgements together hold small answers back for 40 ms.
        let _ = stream.set_nodelay(true);
        Ok((stream.into(), Some(peer)))
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
    use std::os::unix::net::{SocketAddr as Path, UnixStream};

    use tokio::net::UnixListener;

    use super::{Listener, Stream};

    impl Listener for UnixListener {
        type Address = Path;

        fn address(&self) -> io::Result<Path> {
            self.local_addr().map(Path::from)
        }

        async fn accept(&self) -> io::Result<(Stream, Option<SocketAddr>)> {
            let (stream, _unnamed) = UnixListener::accept(self).await?;
            Ok((stream.into(), None))
        }
    }

    /// Listens at `path`, also where a socket is left behind there that nobody listens on.
    pub(in crate::serve) fn bind(path: &std::path::Path) -> io::Result<UnixListener> {
        match UnixListener::bind(path) {
            Err(error) if error.kind() == ErrorKind::AddrInUse && is_stale(path) => {
                fs::remove_file(path)?;
                UnixListener::bind(path)
            }
            bound => bound,
        }
    }

    fn is_stale(path: &std::path::Path) -> bool {
        let is_socket = fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
        is_socket && UnixStream::connect(path).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    }
}
