//! tokio-tungstenite's client, in a few words.

use axum::Router;
use futures_util::{SinkExt, StreamExt};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, duplex};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// A client of whatever serves at the other end of `IO`.
pub(crate) struct Client<IO>(WebSocketStream<IO>);

/// A client of `app`, in this process and without a network: time may stand still.
pub(crate) async fn connect(app: Router) -> Client<DuplexStream> {
    let (near, far) = duplex(64 * 1024);
    tokio::spawn(async move {
        let server = auto::Builder::new(TokioExecutor::new());
        let served = server.serve_connection_with_upgrades(TokioIo::new(far), TowerToHyperService::new(app));
        served.await.expect("HTTP works");
    });
    Client::over(near, "/").await
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Client<IO> {
    pub(crate) async fn over(io: IO, path: &str) -> Self {
        let (socket, _) = client_async(format!("ws://localhost{path}"), io).await.expect("the handshake succeeds");
        Client(socket)
    }

    /// The client at this end of a WebSocket that is open.
    pub(crate) fn of(socket: WebSocketStream<IO>) -> Self {
        Client(socket)
    }

    pub(crate) async fn send(&mut self, message: impl Into<Message>) {
        self.0.send(message.into()).await.expect("the message is sent");
    }

    pub(crate) async fn close(&mut self, code: u16, reason: &str) {
        let frame = CloseFrame { code: code.into(), reason: reason.into() };
        self.0.close(Some(frame)).await.expect("the close is sent");
    }

    /// The next frame of any kind; `None` once the connection is closed.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        match self.0.next().await? {
            Ok(message) => Some(message),
            Err(Error::ConnectionClosed | Error::AlreadyClosed) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// The next text, past pings and pongs.
    pub(crate) async fn text(&mut self) -> String {
        loop {
            match self.next().await {
                Some(Message::Text(text)) => return text.to_string(),
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("expected text, not {other:?}"),
            }
        }
    }

    /// The close's code and reason, with nothing but pings and pongs before it and nothing after it.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        let close = loop {
            match self.next().await {
                Some(Message::Close(close)) => break close.expect("a code"),
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("expected a close, not {other:?}"),
            }
        };
        assert_eq!(self.next().await, None);
        (close.code.into(), close.reason.to_string())
    }
}
