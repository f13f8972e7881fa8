//! A browser, and what is said over its socket.

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{DuplexStream, duplex};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue, Response, StatusCode, header};

use super::Client;

/// A browser, as far as its cookie goes.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) app: Router,
    pub(crate) path: String,
    pub(crate) cookie: Option<String>,
}

impl Browser {
    pub(crate) fn new(app: &Router, path: &str) -> Self {
        Browser { app: app.clone(), path: path.to_owned(), cookie: None }
    }

    pub(crate) async fn connect(&mut self) -> Client<DuplexStream> {
        self.connect_from(None).await.expect("the handshake succeeds")
    }

    pub(crate) async fn connect_from(
        &mut self,
        origin: Option<&'static str>,
    ) -> Result<Client<DuplexStream>, StatusCode> {
        let origin = origin.map(|origin| (header::ORIGIN, HeaderValue::from_static(origin)));
        let (client, response) = match self.open(origin).await {
            Ok(opened) => opened,
            Err(Error::Http(response)) => return Err(response.status()),
            Err(error) => panic!("{error}"),
        };
        if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie is ASCII");
            let path = self.path.split('?').next().unwrap_or_default();
            for attribute in ["HttpOnly", "SameSite=Strict", &format!("Path={path}")] {
                assert!(cookie.split("; ").any(|known| known == attribute), "{attribute}: {cookie}");
            }
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        Ok(client)
    }

    /// A handshake with the cookie and one more header, and what is answered.
    pub(crate) async fn open(
        &self,
        header: Option<(HeaderName, HeaderValue)>,
    ) -> Result<(Client<DuplexStream>, Response<Option<Vec<u8>>>), Error> {
        let (near, far) = duplex(64 * 1024);
        let service = TowerToHyperService::new(self.app.clone());
        tokio::spawn(async move {
            let server = auto::Builder::new(TokioExecutor::new());
            drop(server.serve_connection_with_upgrades(TokioIo::new(far), service).await);
        });
        let mut request = format!("ws://localhost{}", self.path).into_client_request().expect("an address");
        let cookie = self.cookie.as_ref().map(|cookie| HeaderValue::from_str(cookie).expect("it came in a header"));
        request.headers_mut().extend(cookie.map(|cookie| (header::COOKIE, cookie)).into_iter().chain(header));
        let (socket, response) = client_async(request, near).await?;
        Ok((Client::of(socket), response))
    }
}

/// Says something, and hears these words.
pub(crate) async fn talk(client: &mut Client<DuplexStream>, reply: &str, words: &[&str]) {
    client.send(reply).await;
    hear(client, words).await;
}

/// Hears these words.
pub(crate) async fn hear(client: &mut Client<DuplexStream>, words: &[&str]) {
    for word in words {
        assert_eq!(client.text().await, *word);
    }
}
