//! A server that is killed in the middle of a conversation: the example's own program, and a client that comes back to it.

mod client;
mod lines;
mod server;

use std::path::Path;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use server::Server;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::{COOKIE, SET_COOKIE};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PROGRAM: &str = env!("CARGO_BIN_EXE_introduction");

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn the_name_that_was_answered_outlives_the_process() {
    let mut server = Server::start(PROGRAM);
    let mut client = Client::new(&server);
    client.connect().await;
    client.hear("What is your name?").await;
    client.say("Ada").await;
    client.hear("And your age?").await;

    server.kill_and_start();
    client.connect().await;
    client.hear("And your age?").await;
    client.say("36").await;
    client.hear("You're Ada, and you are 36 old.").await;
    assert_eq!(client.closed().await, 1000);
}

#[tokio::test]
async fn the_last_words_outlive_the_process_for_who_has_not_heard_them() {
    let mut server = Server::start(PROGRAM);
    let mut client = Client::new(&server);
    client.connect().await;
    client.say("Ada").await;
    client.say("36").await;
    for line in ["What is your name?", "And your age?", "You're Ada, and you are 36 old."] {
        client.hear(line).await;
    }

    // Nothing has answered the close.
    server.kill_and_start();
    client.connect().await;
    client.hear("You're Ada, and you are 36 old.").await;
    assert_eq!(client.closed().await, 1000);
}

#[tokio::test]
async fn who_comes_without_the_cookie_begins() {
    let mut server = Server::start(PROGRAM);
    let mut client = Client::new(&server);
    client.connect().await;
    client.hear("What is your name?").await;
    client.say("Ada").await;
    client.hear("And your age?").await;

    server.kill_and_start();
    let mut another = Client::new(&server);
    another.connect().await;
    another.hear("What is your name?").await;
}

/// What cargo alone cannot run: `cargo xtask test` installs this client.
mod foreign {
    use super::*;

    #[test]
    #[ignore = "`cargo xtask test` installs what it needs"]
    fn python_websockets_hears_everything_once_and_is_heard_once() {
        let mut server = Server::start(PROGRAM);
        let url = format!("{}/introduce", server.url);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/foreign/clients/converse_v1.py");
        let mut kills = 0;
        let said = client::run_with(client::python("python").arg(script).arg(url), 6 * PATIENCE, |line| {
            if line == "kill" {
                server.kill_and_start();
                kills += 1;
            }
        });
        let held: Vec<_> = said.iter().filter_map(|line| line.strip_prefix("websockets: ")).collect();
        assert_eq!(held, ["never", "cut", "before", "behind", "acknowledged"]);
        assert_eq!(kills, 12, "at each of four inputs, in three ways");
    }
}

/// tungstenite's client, with the memory for one cookie.
struct Client {
    url: String,
    cookie: Option<HeaderValue>,
    socket: Option<WebSocketStream<MaybeTlsStream<TcpStream>>>,
}

impl Client {
    fn new(server: &Server) -> Self {
        Client { url: format!("{}/introduce", server.url), cookie: None, socket: None }
    }

    async fn connect(&mut self) {
        let mut request = self.url.as_str().into_client_request().expect("it is an address");
        request.headers_mut().extend(self.cookie.clone().map(|cookie| (COOKIE, cookie)));
        let (socket, response) = connect_async(request).await.expect("the server opens a socket");
        let cookie = response.headers()[SET_COOKIE].to_str().expect("a cookie is text");
        let (pair, _) = cookie.split_once(';').expect("it has attributes");
        self.cookie = Some(pair.parse().expect("it came as a header"));
        self.socket = Some(socket);
    }

    async fn say(&mut self, text: &str) {
        let socket = self.socket.as_mut().expect("it is connected");
        socket.send(Message::text(text)).await.expect("the server reads");
    }

    async fn hear(&mut self, text: &str) {
        assert_eq!(self.next().await, Message::text(text));
    }

    /// The code that the server closes with, which is answered.
    async fn closed(&mut self) -> u16 {
        let Message::Close(Some(close)) = self.next().await else { panic!("no close with a code") };
        let socket = self.socket.as_mut().expect("it is connected");
        let rest = timeout(PATIENCE, socket.next()).await.expect("the server hangs up");
        assert!(rest.is_none(), "{rest:?}");
        close.code.into()
    }

    /// The next message, past pings.
    async fn next(&mut self) -> Message {
        let socket = self.socket.as_mut().expect("it is connected");
        loop {
            let message = timeout(PATIENCE, socket.next()).await.expect("something comes");
            match message.expect("it is not over").expect("the connection holds") {
                Message::Ping(_) => {}
                message => return message,
            }
        }
    }
}
