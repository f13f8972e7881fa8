//! A client that says what it likes.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A TCP connection.
pub(crate) struct Raw(pub(crate) TcpStream);

const HANDSHAKE: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

impl Raw {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Raw(TcpStream::connect(address).await.expect("the server listens"))
    }

    /// A connection on which a WebSocket was opened, with `early` sent right behind the request.
    pub(crate) async fn open(address: SocketAddr, early: &[u8]) -> Self {
        Raw::connect(address).await.upgrade(early).await
    }

    /// Opens a WebSocket on a connection that has said nothing yet.
    pub(crate) async fn upgrade(mut self, early: &[u8]) -> Self {
        self.send(&[HANDSHAKE.as_bytes(), early].concat()).await;
        let head = self.head().await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        self
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.expect("the server reads");
    }

    /// The head of an HTTP response, byte by byte, so that what follows stays where it is.
    pub(crate) async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.expect("a whole head"));
        }
        String::from_utf8(head).expect("a head in ASCII")
    }

    /// So many bytes.
    pub(crate) async fn take(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).await.expect("so many bytes");
        bytes
    }

    /// Everything until the server hangs up; an error if it resets the connection.
    pub(crate) async fn rest(&mut self) -> std::io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).await?;
        Ok(rest)
    }

    /// A frame as a client sends it, masked with zeros.
    pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let length = u8::try_from(payload.len()).ok().filter(|length| *length < 126).expect("a short payload");
        [&[first, 0x80 | length, 0, 0, 0, 0], payload].concat()
    }

    /// A close frame as a server sends it.
    pub(crate) fn close(code: u16, reason: &str) -> Vec<u8> {
        let length = u8::try_from(2 + reason.len()).expect("a short reason");
        [&[0x88, length], &code.to_be_bytes()[..], reason.as_bytes()].concat()
    }
}
