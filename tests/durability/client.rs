//! A client that comes back, and checks that nothing was lost or heard twice.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::server::NUMBERS;

/// What a browser remembers of a conversation.
#[derive(Clone)]
pub(crate) struct Client {
    path: &'static str,
    cookie: Option<String>,
    /// How many numbers it was told are heard.
    pub(crate) known: usize,
    /// How many it has said.
    said: usize,
}

/// What was heard last.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// So many numbers.
    Numbers(usize),
    /// The close, with its code.
    Closed(u16),
}

pub(crate) struct Socket(WebSocketStream<TcpStream>);

impl Client {
    /// One that counts.
    pub(crate) fn new() -> Self {
        Client::at("/count")
    }

    pub(crate) fn at(path: &'static str) -> Self {
        Client { path, cookie: None, known: 0, said: 0 }
    }

    /// # Errors
    ///
    /// The server is not there, or goes away.
    pub(crate) async fn connect(&mut self, address: SocketAddr) -> Result<Socket, Error> {
        self.open(address).await.map(Socket)
    }

    /// # Errors
    ///
    /// The server is not there, or goes away.
    pub(crate) async fn open(&mut self, address: SocketAddr) -> Result<WebSocketStream<TcpStream>, Error> {
        let mut request = format!("ws://{address}{}", self.path).into_client_request()?;
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(header::COOKIE, HeaderValue::from_str(cookie)?);
        }
        let stream = TcpStream::connect(address).await?;
        let (socket, response) = client_async(request, stream).await?;
        if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
            self.cookie = cookie.to_str()?.split(';').next().map(str::to_owned);
        }
        Ok(socket)
    }

    /// What the server says next, which must be what it has to say.
    ///
    /// # Errors
    ///
    /// The server has gone.
    pub(crate) async fn hear(&mut self, socket: &mut Socket) -> Result<Heard, Error> {
        loop {
            match socket.0.next().await.unwrap_or(Err(Error::ConnectionClosed))? {
                Message::Text(text) => {
                    let heard: Vec<usize> = serde_json::from_str(&text).expect("a list of numbers");
                    let count = heard.len();
                    assert!(heard.into_iter().eq(1..=count), "numbers are missing, or were heard twice: {text}");
                    assert!(count >= self.known, "{} were heard before, and now {count}", self.known);
                    assert!(count <= self.said, "{count} were heard, and {} said", self.said);
                    self.known = count;
                    return Ok(Heard::Numbers(count));
                }
                Message::Close(close) => return Ok(Heard::Closed(close.map_or(1005, |close| close.code.into()))),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("nobody says {other:?}"),
            }
        }
    }

    /// Says the next number.
    ///
    /// # Errors
    ///
    /// The server has gone.
    pub(crate) async fn say(&mut self, socket: &mut Socket) -> Result<(), Error> {
        self.said = self.known + 1;
        socket.0.send(self.said.to_string().into()).await
    }

    pub(crate) fn is_done(&self) -> bool {
        self.known == NUMBERS
    }
}
