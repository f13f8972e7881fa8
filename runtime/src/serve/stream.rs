//! A connection's bytes, and with them its place among the connections.

use std::io::{self, IoSlice};
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
#[cfg(feature = "http2")]
use tokio::sync::oneshot;
#[cfg(feature = "tls")]
use tokio_rustls::server::TlsStream;

use super::bounds::Permit;
#[cfg(feature = "http2")]
use super::http2::Counted;
#[cfg(feature = "tls")]
use super::taken;

/// The place is in here, and nowhere else, because this is what survives the upgrade: HTTP is gone by then, and knows of
/// no WebSocket's end.
#[derive(Debug)]
pub struct Stream {
    io: Io,
    place: Place,
}

/// What is given up with the connection.
#[derive(Debug, Default)]
enum Place {
    #[default]
    None,
    Own(Permit),
    Client(#[expect(dead_code, reason = "it is given up when it is dropped")] Client),
}

/// Where the place of a client is kept that has none by its connection: a proxy's, once that is this client's alone, or one
/// of HTTP/2, which may be many clients'.
pub(crate) type Client = Arc<Seat>;

#[derive(Debug, Default)]
pub(crate) struct Seat {
    permit: OnceLock<Permit>,
    /// That of the connection, which is this client's alone.
    connection: OnceLock<Permit>,
    /// Of HTTP/2: that this is one of the connection's streams.
    #[cfg(feature = "http2")]
    _counted: Option<Counted>,
    /// Of HTTP/2: tells who sends what was written that nothing more is.
    #[cfg(feature = "http2")]
    _gone: Option<oneshot::Sender<()>>,
}

impl Seat {
    pub(super) fn keep(&self, permit: Permit) {
        let _ = self.permit.set(permit);
    }

    /// One among the streams of a connection, which tells `gone` by its end.
    #[cfg(feature = "http2")]
    pub(super) fn counted(counted: Counted, gone: oneshot::Sender<()>) -> Self {
        Seat { _counted: Some(counted), _gone: Some(gone), ..Seat::default() }
    }
}

#[derive(Debug)]
enum Io {
    Tcp(TcpStream),
    /// In boxes, as all others: most connections are of TCP, and each has room for any.
    #[cfg(unix)]
    Unix(Box<UnixStream>),
    /// Around another one, which keeps the place.
    #[cfg(feature = "tls")]
    Tls(Box<TlsStream<taken::Counted<Stream>>>),
    /// As HTTP has it: one of many within a connection, or one of another server's.
    Http(Box<TokioIo<Upgraded>>),
}

/// All that is asked of any of them.
trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

impl Stream {
    /// Keeps `permit` until it is dropped itself.
    pub(super) fn keep(mut self, permit: Permit) -> Self {
        self.place = Place::Own(permit);
        self
    }

    /// Keeps what `client` is given, as long.
    pub(crate) fn keep_for(mut self, client: Option<Client>) -> Self {
        if let Some(client) = client {
            if let Place::Own(permit) = mem::take(&mut self.place) {
                let _ = client.connection.set(permit);
            }
            self.place = Place::Client(client);
        }
        self
    }

    fn over(io: Io) -> Self {
        Stream { io, place: Place::None }
    }

    /// Whether it is a socket of the system's, and nothing around one.
    pub(crate) fn is_socket(&self) -> bool {
        match &self.io {
            Io::Tcp(_) => true,
            #[cfg(unix)]
            Io::Unix(_) => true,
            #[cfg(feature = "tls")]
            Io::Tls(_) => false,
            Io::Http(_) => false,
        }
    }

    /// What was agreed upon while the connection was encrypted, if it was.
    #[cfg(all(feature = "http2", feature = "tls"))]
    pub(super) fn agreed(&self) -> Option<Option<&[u8]>> {
        match &self.io {
            Io::Tls(stream) => Some(stream.get_ref().1.alpn_protocol()),
            _ => None,
        }
    }

    /// How much of what was written the peer has taken, where that is not told by the writes: TLS keeps some itself.
    pub(super) fn taken(&self) -> Option<u64> {
        match &self.io {
            #[cfg(feature = "tls")]
            Io::Tls(stream) => Some(stream.get_ref().0.taken()),
            _ => None,
        }
    }

    fn io(self: Pin<&mut Self>) -> Pin<&mut dyn Bytes> {
        match &mut self.get_mut().io {
            Io::Tcp(stream) => Pin::new(stream),
            #[cfg(unix)]
            Io::Unix(stream) => Pin::new(stream),
            #[cfg(feature = "tls")]
            Io::Tls(stream) => Pin::new(stream),
            Io::Http(stream) => Pin::new(stream),
        }
    }
}

impl From<TcpStream> for Stream {
    fn from(stream: TcpStream) -> Self {
        Stream::over(Io::Tcp(stream))
    }
}

#[cfg(unix)]
impl From<UnixStream> for Stream {
    fn from(stream: UnixStream) -> Self {
        Stream::over(Io::Unix(Box::new(stream)))
    }
}

#[cfg(feature = "tls")]
impl From<TlsStream<taken::Counted<Stream>>> for Stream {
    fn from(stream: TlsStream<taken::Counted<Stream>>) -> Self {
        Stream::over(Io::Tls(Box::new(stream)))
    }
}

impl From<Upgraded> for Stream {
    fn from(stream: Upgraded) -> Self {
        Stream::over(Io::Http(Box::new(TokioIo::new(stream))))
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
            Io::Http(stream) => stream.is_write_vectored(),
        }
    }
}
