//! A WebSocket client that a transcript speaks through.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::{SinkExt, StreamExt};
use http::{HeaderName, HeaderValue, header};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, duplex};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{AbortHandle, JoinSet, spawn, spawn_blocking};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::{Request, Response};
use tokio_tungstenite::tungstenite::{Error, Message as Frame};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::wire::{App, Wire};
use crate::close::Close;
use crate::message::Message;

/// How long an answer may take that comes from outside of this process's runtime.
const PATIENCE: Duration = Duration::from_secs(20);
/// The same, for what a router leaves to threads of its own, as a store may.
const PAUSE: (Duration, usize) = (Duration::from_millis(2), 2_500);
/// Where time is the test's, it passes only where nothing else is left to do: then this much of it.
const TICK: Duration = Duration::from_millis(1);
/// How long an address may take to say something that is not waited for.
const GRACE: Duration = Duration::from_millis(100);
/// How much the pipe holds, in bytes.
const PIPE: usize = 64 * 1024;

/// What is spoken to.
pub(super) enum Place {
    /// A router in this process, made anew each time.
    Route {
        app: Arc<dyn Fn() -> App + Send + Sync>,
        path: String,
    },
    Address(String),
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Route { path: place, .. } | Place::Address(place) => f.write_str(place),
        }
    }
}

/// What the client is told.
pub(super) enum Came {
    Said(Message),
    Closed(Close),
}

/// A client that is connected; what it was connected by is cut when this is dropped.
pub(super) struct Client {
    came: UnboundedReceiver<Came>,
    says: UnboundedSender<Frame>,
    talk: AbortHandle,
    /// What serves it within this process, as long as it is there.
    _serving: JoinSet<()>,
    /// Whether time is the test's, and what is said is said within this process.
    is_ours: bool,
    /// The cookie that it comes back with.
    pub(super) cookie: Option<HeaderValue>,
}

impl Client {
    /// Comes in, by its cookie if it has one.
    ///
    /// # Errors
    ///
    /// What the server says instead, or why it cannot be reached.
    pub(super) async fn connect(wire: &Wire, app: Option<&App>, cookie: Option<HeaderValue>) -> Result<Self, String> {
        let mut serving = JoinSet::new();
        match (&wire.at, app) {
            (Place::Route { path, .. }, Some(app)) => {
                let (near, far) = duplex(PIPE);
                serve(&mut serving, far, app.router.clone());
                let request = request(wire, &format!("ws://localhost{path}"), cookie.as_ref())?;
                Client::enter(request, near, serving, true, cookie).await
            }
            (Place::Address(url), _) => {
                let request = request(wire, url, cookie.as_ref())?;
                let host = request.uri().authority().ok_or_else(|| format!("{url} names no host"))?;
                if request.uri().scheme_str() != Some("ws") {
                    return Err(format!("{url} does not begin with `ws://`: this client has no TLS"));
                }
                let to = (host.host().trim_matches(['[', ']']), host.port_u16().unwrap_or(80));
                let stream = timeout(PATIENCE, TcpStream::connect(to)).await;
                let stream = stream.map_err(|_| format!("{host} does not answer"))?;
                let stream = stream.map_err(|error| format!("{host} cannot be reached: {error}"))?;
                Client::enter(request, stream, serving, false, cookie).await
            }
            (Place::Route { .. }, None) => unreachable!("a route comes with its router"),
        }
    }

    async fn enter<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        request: Request,
        stream: S,
        serving: JoinSet<()>,
        is_ours: bool,
        cookie: Option<HeaderValue>,
    ) -> Result<Self, String> {
        let path = request.uri().path().to_owned();
        let entered = answered(is_ours, client_async(request, stream)).await;
        let entered = entered.ok_or_else(|| format!("{path} does not answer the handshake"))?;
        let (socket, response) = entered.map_err(|error| match error {
            Error::Http(response) => format!("{path} answers {}", response.status()),
            error => format!("{path} is no WebSocket: {error}"),
        })?;
        let ((told, came), (says, said)) = (unbounded_channel(), unbounded_channel());
        let talk = spawn(talk(socket, said, told)).abort_handle();
        Ok(Client { came, says, talk, _serving: serving, is_ours, cookie: given(&response).or(cookie) })
    }

    /// Says something.
    pub(super) fn say(&self, message: Message) {
        let frame = match message {
            Message::Text(text) => Frame::text(&*text),
            Message::Binary(bytes) => Frame::Binary(bytes),
        };
        // Whoever has gone hears nothing any more, and that it has is told by itself.
        drop(self.says.send(frame));
    }

    /// What has come by now, and nothing where nothing is left to be done.
    pub(super) async fn heard(&mut self) -> Option<Came> {
        if !self.is_ours {
            return timeout(GRACE, self.came.recv()).await.ok().flatten();
        }
        for _ in 0..2 {
            tokio::select! {
                biased;
                came = self.came.recv() => return came,
                () = sleep(TICK) => pause().await,
            }
        }
        None
    }

    /// What comes next, if anything does.
    pub(super) async fn next(&mut self) -> Option<Came> {
        answered(self.is_ours, self.came.recv()).await.flatten()
    }

    /// What is told while time passes.
    pub(super) async fn pass(&mut self, time: Duration) -> Vec<Came> {
        let mut told = Vec::new();
        let passed = sleep(time);
        tokio::pin!(passed);
        loop {
            tokio::select! {
                biased;
                came = self.came.recv() => match came {
                    Some(came) => told.push(came),
                    None => return told,
                },
                () = &mut passed => return told,
            }
        }
    }

    /// Is gone, without a word. What has served it has seen that when this returns.
    pub(super) async fn cut(&self) {
        self.talk.abort();
        if self.is_ours {
            sleep(TICK).await;
        }
    }
}

/// What an answer is, if it comes at all.
async fn answered<T>(is_ours: bool, answer: impl Future<Output = T>) -> Option<T> {
    if !is_ours {
        return timeout(PATIENCE, answer).await.ok();
    }
    tokio::pin!(answer);
    for _ in 0..PAUSE.1 {
        tokio::select! {
            biased;
            answer = &mut answer => return Some(answer),
            () = sleep(TICK) => pause().await,
        }
    }
    None
}

/// Lets those work who do so on a thread that this runtime does not know. The test's time stands still meanwhile.
async fn pause() {
    // It cannot panic.
    drop(spawn_blocking(|| std::thread::sleep(PAUSE.0)).await);
}

fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(serving: &mut JoinSet<()>, stream: S, router: Router) {
    let service = TowerToHyperService::new(router);
    serving.spawn(async move {
        let server = auto::Builder::new(TokioExecutor::new());
        // What goes wrong is seen by the client.
        drop(server.serve_connection_with_upgrades(TokioIo::new(stream), service).await);
    });
}

fn request(wire: &Wire, url: &str, cookie: Option<&HeaderValue>) -> Result<Request, String> {
    let mut request = url.into_client_request().map_err(|error| format!("{url} is no address: {error}"))?;
    for (name, value) in &wire.headers {
        let header = name.parse::<HeaderName>().ok().zip(HeaderValue::from_str(value).ok());
        let (name, value) = header.ok_or_else(|| format!("`{name}: {value}` is no header"))?;
        request.headers_mut().append(name, value);
    }
    if let Some(cookie) = cookie {
        request.headers_mut().append(header::COOKIE, cookie.clone());
    }
    Ok(request)
}

/// The cookie that a response gives.
fn given(response: &Response) -> Option<HeaderValue> {
    let cookie = response.headers().get(header::SET_COOKIE)?.as_bytes();
    HeaderValue::from_bytes(cookie.split(|byte| *byte == b';').next()?).ok()
}

/// Passes on what is said, in both directions, until one of them is gone.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut socket: WebSocketStream<S>,
    mut said: UnboundedReceiver<Frame>,
    told: UnboundedSender<Came>,
) {
    loop {
        let frame = tokio::select! {
            frame = socket.next() => frame,
            Some(frame) = said.recv() => match socket.send(frame).await {
                Ok(()) => continue,
                Err(_) => break,
            },
        };
        let came = match frame {
            Some(Ok(Frame::Text(text))) => Came::Said(text.as_str().to_owned().into()),
            Some(Ok(Frame::Binary(bytes))) => Came::Said(Message::Binary(bytes)),
            Some(Ok(Frame::Close(close))) => Came::Closed(match close {
                Some(close) => Close::new(close.code.into(), close.reason.as_str().to_owned()),
                None => Close::new(Close::NO_STATUS, ""),
            }),
            Some(Ok(_)) => continue,
            Some(Err(_)) | None => break,
        };
        let is_over = matches!(came, Came::Closed(_));
        drop(told.send(came));
        if is_over {
            // Reading on is what answers it.
            while let Some(Ok(_)) = socket.next().await {}
            return;
        }
    }
    drop(told.send(Came::Closed(Close::new(Close::ABNORMAL, ""))));
}
