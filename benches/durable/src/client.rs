//! A client in this process, without a network: what is measured is the server.

use axum::Router;
use axum::http::{HeaderValue, header};
use futures_util::{SinkExt, StreamExt};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{DuplexStream, duplex};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

pub(crate) struct Client {
    socket: WebSocketStream<DuplexStream>,
    cookie: String,
}

impl Client {
    /// Begins a conversation, or comes back to that of the cookie.
    pub(crate) async fn connect(app: &Router, cookie: Option<&str>) -> Self {
        let (near, far) = duplex(16 * 1024);
        let service = TowerToHyperService::new(app.clone());
        tokio::spawn(async move {
            let server = auto::Builder::new(TokioExecutor::new());
            drop(server.serve_connection_with_upgrades(TokioIo::new(far), service).await);
        });
        let mut request = "ws://localhost/order".into_client_request().expect("an address");
        if let Some(cookie) = cookie {
            let cookie = HeaderValue::from_str(cookie).expect("it came in a header");
            request.headers_mut().insert(header::COOKIE, cookie);
        }
        let (socket, response) = client_async(request, near).await.expect("the handshake succeeds");
        let cookie = response.headers()[header::SET_COOKIE].to_str().expect("a cookie is ASCII");
        Client { socket, cookie: cookie.split(';').next().unwrap_or_default().to_owned() }
    }

    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.socket.send(text.into()).await.expect("it is sent");
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
