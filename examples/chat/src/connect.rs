//! Opening the socket, and saying why it did not open.

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::http::{Response, Uri};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn connect(url: &Uri) -> Result<Socket, String> {
    match timeout(PATIENCE, connect_async(url.clone())).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(error)) => Err(reason(url, &error)),
        Err(_) => Err(format!("{url} did not answer within {} s", PATIENCE.as_secs())),
    }
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
