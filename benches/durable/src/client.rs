//! A client in this process, without a network: what is measured is the server.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, header};
use converse_sqlite::Sqlite;
use futures_util::{SinkExt, StreamExt};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};
use tokio::runtime::Handle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::engine;

/// What a client asks for, again and again.
pub(crate) const LINE: &str = "two large pizzas with olives, to the second floor";

/// Who says something and waits for what comes of it.
pub(crate) trait Talks: Send + 'static {
    fn turn(&mut self) -> impl Future<Output = ()> + Send;
}

/// Who talks in lines, to the engine.
pub(crate) struct Plain(BufReader<DuplexStream>);

impl Plain {
    pub(crate) fn connect(server: &Handle, store: &Arc<Sqlite>, bytes: usize) -> Self {
        let (near, far) = duplex(16 * 1024);
        server.spawn(engine::answer(Arc::clone(store), bytes, far));
        Plain(BufReader::new(near))
    }
}

impl Talks for Plain {
    async fn turn(&mut self) {
        self.0.write_all(LINE.as_bytes()).await.expect("it is sent");
        self.0.write_all(b"\n").await.expect("it is sent");
        let mut line = String::new();
        self.0.read_line(&mut line).await.expect("it is answered");
    }
}

/// Who talks in a conversation.
pub(crate) struct Client {
    socket: WebSocketStream<DuplexStream>,
    cookie: Option<String>,
}

impl Client {
    /// Begins a conversation, or comes back to that of the cookie.
    pub(crate) async fn connect(server: &Handle, app: &Router, cookie: Option<&str>) -> Self {
        let (near, far) = duplex(16 * 1024);
        let service = TowerToHyperService::new(app.clone());
        server.spawn(async move {
            let server = auto::Builder::new(TokioExecutor::new());
            drop(server.serve_connection_with_upgrades(TokioIo::new(far), service).await);
        });
        let mut request = "ws://localhost/order".into_client_request().expect("an address");
        if let Some(cookie) = cookie {
            let cookie = HeaderValue::from_str(cookie).expect("it came in a header");
            request.headers_mut().insert(header::COOKIE, cookie);
        }
        // By default it clears 128 KiB before each message, which would be most of what is measured.
        let config = WebSocketConfig::default().read_buffer_size(4 * 1024);
        let (socket, response) =
            client_async_with_config(request, near, Some(config)).await.expect("the handshake succeeds");
        let cookie =
            response.headers().get(header::SET_COOKIE).map(|cookie| cookie.to_str().expect("a cookie is ASCII"));
        Client { socket, cookie: cookie.and_then(|cookie| cookie.split(';').next()).map(str::to_owned) }
    }

    pub(crate) fn cookie(&self) -> &str {
        self.cookie.as_deref().expect("its conversation is kept")
    }

    /// The next text.
    pub(crate) async fn hear(&mut self) -> String {
        loop {
            match self.socket.next().await.expect("it goes on").expect("it goes on") {
                Message::Text(text) => return text.to_string(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("expected text, not {other:?}"),
            }
        }
    }
}

impl Talks for Client {
    async fn turn(&mut self) {
        self.socket.send(LINE.into()).await.expect("it is sent");
        self.hear().await;
    }
}
