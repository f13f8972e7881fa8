//! Opening the socket, and saying why it did not open.

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::COOKIE;
use tokio_tungstenite::tungstenite::http::{Response, Uri};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::cookies::Cookies;

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const PATIENCE: Duration = Duration::from_secs(10);

/// Whom we talk to, over one socket after another.
#[derive(Debug)]
pub(crate) struct Server {
    url: Uri,
    cookies: Cookies,
}

/// There is no socket.
#[derive(Debug)]
pub(crate) struct Unopened {
    pub(crate) why: String,
    /// Whether it is no use to try again: the server is there, and does not want to.
    pub(crate) for_good: bool,
}

impl Server {
    pub(crate) fn new(url: Uri) -> Self {
        Server { url, cookies: Cookies::default() }
    }

    /// Opens a socket, with the cookies that came with those before.
    pub(crate) async fn open(&mut self) -> Result<Socket, Unopened> {
        match timeout(PATIENCE, self.connect()).await {
            Ok(Ok(socket)) => Ok(socket),
            Ok(Err(error)) => Err(Unopened { why: reason(&self.url, &error), for_good: is_refusal(&error) }),
            Err(_) => {
                let why = format!("{} did not answer within {} s", self.url, PATIENCE.as_secs());
                Err(Unopened { why, for_good: false })
            }
        }
    }

    async fn connect(&mut self) -> Result<Socket, Error> {
        let mut request = self.url.clone().into_client_request()?;
        request.headers_mut().extend(self.cookies.header().map(|cookies| (COOKIE, cookies)));
        let (socket, response) = connect_async(request).await?;
        self.cookies.take(response.headers());
        Ok(socket)
    }
}

/// Whether the server has decided so, rather than being in trouble.
fn is_refusal(error: &Error) -> bool {
    matches!(error, Error::Http(response) if !response.status().is_server_error())
}

fn reason(url: &Uri, error: &Error) -> String {
    match error {
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            let port = url.port_u16().unwrap_or(80);
            format!("nothing listens at {}:{port}: is the server running?", url.host().unwrap_or_default())
        }
        Error::Http(response) => refusal(response),
        error => format!("{url} could not be reached: {error}"),
    }
}

/// An HTTP answer that opens no socket: its status and, as far as it came, its body.
fn refusal(response: &Response<Option<Vec<u8>>>) -> String {
    let mut reason = format!("the server opened no socket, it answered {}", response.status());
    let body = response.body().as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    for line in body.lines() {
        reason.push_str("\n  ");
        reason.push_str(&crate::screen::printable(line));
    }
    reason
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_connection_names_the_address() {
        let refused = Error::Io(io::ErrorKind::ConnectionRefused.into());
        let reason = |url| reason(&Uri::from_static(url), &refused);
        assert_eq!(reason("ws://127.0.0.1:8080/x"), "nothing listens at 127.0.0.1:8080: is the server running?");
        assert_eq!(reason("ws://localhost/x"), "nothing listens at localhost:80: is the server running?");
    }

    #[test]
    fn a_server_in_trouble_has_not_refused() {
        let refusal = |status: u16| {
            let response = Response::builder().status(status).body(None).unwrap();
            is_refusal(&Error::Http(response.into()))
        };
        assert!([403, 404, 200].into_iter().all(refusal));
        assert!(![500, 502, 503].into_iter().any(refusal));
        assert!(!is_refusal(&Error::Io(io::ErrorKind::ConnectionRefused.into())));
    }

    #[test]
    fn an_http_answer_shows_its_status_and_body() {
        let response = |body: &str| Response::builder().status(404).body(Some(body.as_bytes().to_vec())).unwrap();
        assert_eq!(refusal(&response("")), "the server opened no socket, it answered 404 Not Found");
        let said = refusal(&response("no such room\n\x1b[2Jtry another"));
        assert_eq!(
            said,
            "the server opened no socket, it answered 404 Not Found\n  no such room\n  \u{241b}[2Jtry another"
        );
    }
}
