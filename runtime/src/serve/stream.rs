//! A connection's bytes, and with them its place among the connections.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
#[cfg(feature = "tls")]
use tokio_rustls::server::TlsStream;

use super::bounds::Permit;

/// The place is in here, and nowhere else, because this is what survives the upgrade: HTTP is gone by then, and knows of
/// no WebSocket's end.
#[derive(Debug)]
pub struct Stream {
    io: Io,
    permit: Option<Permit>,
    client: Option<Client>,
}

/// Where the place of a proxy's client is kept, once a connection of the proxy is that client's alone.
pub(super) type Client = Arc<OnceLock<Permit>>;

#[derive(Debug)]
enum Io {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
    /// Around another one, which keeps the place.
    #[cfg(feature = "tls")]
    Tls(Box<TlsStream<Stream>>),
}

/// All that is asked of any of them.
trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

impl Stream {
    /// Keeps `permit` until it is dropped itself.
    pub(super) fn keep(mut self, permit: Permit) -> Self {
        self.permit = Some(permit);
        self
    }

    /// Keeps what `client` is given, as long.
    pub(super) fn keep_for(mut self, client: Option<Client>) -> Self {
        self.client = client;
        self
    }

    fn io(self: Pin<&mut Self>) -> Pin<&mut dyn Bytes> {
        match &mut self.get_mut().io {
            Io::Tcp(stream) => Pin::new(stream),
            #[cfg(unix)]
            Io::Unix(stream) => Pin::new(stream),
            #[cfg(feature = "tls")]
            Io::Tls(stream) => Pin::new(stream),
        }
    }
}

impl From<TcpStream> for Stream {
    fn from(stream: TcpStream) -> Self {
        Stream { io: Io::Tcp(stream), permit: None, client: None }
    }
}

#[cfg(unix)]
impl From<UnixStream> for Stream {
    fn from(stream: UnixStream) -> Self {
        Stream { io: Io::Unix(stream), permit: None, client: None }
    }
}

#[cfg(feature = "tls")]
impl From<TlsStream<Stream>> for Stream {
    fn from(stream: TlsStream<Stream>) -> Self {
        Stream { io: Io::Tls(Box::new(stream)), permit: None, client: None }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.io().poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.io().poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io().poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.io().poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        match &self.io {
            Io::Tcp(stream) => stream.is_write_vectored(),
            #[cfg(unix)]
            Io::Unix(stream) => stream.is_write_vectored(),
            #[cfg(feature = "tls")]
            Io::Tls(stream) => stream.is_write_vectored(),
        }
    }
}
