//! WebSockets over HTTP/2 (RFC 8441), with hyper's client.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use converse::{Close, Server, Sessions, prelude::*};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::ext::Protocol;
use hyper::header::{
    COOKIE, HeaderName, HeaderValue, ORIGIN, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, SET_COOKIE,
};
use hyper::upgrade::Upgraded;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::support::{Client, Raw, Running, serve, serve_as};

conversation! {
    /// Gets to know a visitor.
    Introduction {
        let name: String = ask "What is your name?";
        let age: u8 = ask "And your age?";
        say "You're {name}, and you are {age} old.";
    }
}

#[ws_route("/introduce")]
async fn introduce() -> Introduction {
    Introduction
}

#[ws_route("/echo", protocols = ["echo.v1"])]
async fn echo(mut ws: WebSocket) -> converse::Result {
    while let Received::Message(message) = ws.receive().await {
        ws.send(message).await?;
    }
    Ok(())
}

fn app() -> Router {
    routes![introduce, echo].route("/page", get(async || "a page")).layer(Sessions::in_memory())
}

/// One connection, and what becomes of it.
pub(crate) struct Connection {
    requests: SendRequest<Empty<Bytes>>,
    ended: JoinHandle<hyper::Result<()>>,
}

type Socket = Client<TokioIo<Upgraded>>;

impl Connection {
    pub(crate) async fn over(io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        let (requests, connection) =
            handshake(TokioExecutor::new(), TokioIo::new(io)).await.expect("the server speaks HTTP/2");
        let mut connection = Connection { requests, ended: tokio::spawn(connection) };
        // By then it is known what the server can do.
        assert_eq!(connection.get("/page").await.status(), 200);
        connection
    }

    pub(crate) async fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        // What is sent comes at once, so that no time passes meanwhile.
        stream.set_nodelay(true).expect("it is open");
        Connection::over(stream).await
    }

    async fn send(&mut self, request: Request<Empty<Bytes>>) -> Response<Incoming> {
        self.requests.send_request(request).await.expect("it is answered")
    }

    pub(crate) async fn get(&mut self, path: &str) -> Response<Incoming> {
        self.send(Request::get(format!("http://localhost{path}")).body(Empty::new()).expect("a request")).await
    }

    /// Asks for a WebSocket, with these headers.
    async fn ask(&mut self, path: &str, headers: &[(HeaderName, &str)]) -> Response<Incoming> {
        let mut request = Request::new(Empty::new());
        *request.method_mut() = Method::CONNECT;
        *request.uri_mut() = format!("http://localhost{path}").parse().expect("an address");
        request.extensions_mut().insert(Protocol::from_static("websocket"));
        request.headers_mut().insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        for (name, value) in headers {
            request.headers_mut().insert(name, HeaderValue::from_str(value).expect("a header's value"));
        }
        self.send(request).await
    }

    pub(crate) async fn open(&mut self, path: &str) -> Socket {
        socket(self.ask(path, &[]).await).await
    }
}

async fn socket(response: Response<Incoming>) -> Socket {
    assert_eq!(response.status(), 200);
    let io = TokioIo::new(hyper::upgrade::on(response).await.expect("the stream is the client's"));
    Client::of(WebSocketStream::from_raw_socket(io, Role::Client, None).await)
}

async fn refused(response: Response<Incoming>) -> (u16, String) {
    let status = response.status().as_u16();
    let words = response.into_body().collect().await.expect("a whole body").to_bytes();
    (status, String::from_utf8(words.to_vec()).expect("UTF-8"))
}

#[tokio::test]
async fn one_connection_holds_many_dialogues() {
    let server = serve(app()).await;
    let mut connection = Connection::to(server.address).await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        let mut client = connection.open("/introduce").await;
        assert_eq!(client.text().await, "What is your name?");
        clients.push(client);
    }
    for (client, name) in clients.iter_mut().zip(["Ada", "Grace", "Mary"]) {
        client.send(name).await;
        assert_eq!(client.text().await, "And your age?");
    }
    for (mut client, name) in clients.into_iter().zip(["Ada", "Grace", "Mary"]) {
        client.send("36").await;
        assert_eq!(client.text().await, format!("You're {name}, and you are 36 old."));
        assert_eq!(client.closed().await.0, Close::NORMAL);
    }
    // The other way of the same server.
    let stream = TcpStream::connect(server.address).await.expect("the server listens");
    assert_eq!(Client::over(stream, "/introduce").await.text().await, "What is your name?");
}

#[tokio::test]
async fn long_messages_and_many_go_both_ways() {
    let server = serve(app()).await;
    let mut client = Connection::to(server.address).await.open("/echo").await;
    // More than a window of HTTP/2 holds.
    let long = "x".repeat(60_000);
    for _ in 0..5 {
        client.send(&*long).await;
    }
    for _ in 0..5 {
        assert_eq!(client.text().await, long);
    }
}

#[tokio::test]
async fn a_client_comes_back_by_its_cookie() {
    let server = serve(app()).await;
    let mut connection = Connection::to(server.address).await;
    let response = connection.ask("/introduce", &[(ORIGIN, "http://localhost")]).await;
    let cookie = response.headers()[SET_COOKIE].to_str().expect("it is ASCII").to_owned();
    let cookie = cookie.split(';').next().expect("a cookie").to_owned();
    let mut client = socket(response).await;
    assert_eq!(client.text().await, "What is your name?");
    client.send("Ada").await;
    assert_eq!(client.text().await, "And your age?");
    let mut again = Connection::to(server.address).await;
    let mut client = socket(again.ask("/introduce", &[(COOKIE, &cookie)]).await).await;
    assert_eq!(client.text().await, "And your age?");
}

#[tokio::test]
async fn what_is_no_handshake_is_told_why() {
    let server = serve(app()).await;
    let mut connection = Connection::to(server.address).await;
    let plain = connection.get("/introduce").await;
    assert_eq!(plain.headers()["allow"], "CONNECT");
    let expected = "this is a WebSocket: over HTTP/2, expected a CONNECT request with `:protocol` `websocket`\n";
    assert_eq!(refused(plain).await, (405, expected.to_owned()));
    let old = connection.ask("/introduce", &[(SEC_WEBSOCKET_VERSION, "8")]).await;
    assert_eq!(refused(old).await, (426, "expected the header `Sec-WebSocket-Version: 13`\n".to_owned()));
    let evil = connection.ask("/introduce", &[(ORIGIN, "https://evil.example")]).await;
    assert_eq!(refused(evil).await.0, 403);
    assert_eq!(connection.ask("/nowhere", &[]).await.status(), 404);
    let offers = [(SEC_WEBSOCKET_PROTOCOL, "echo.v2, echo.v1")];
    assert_eq!(connection.ask("/echo", &offers).await.headers()[SEC_WEBSOCKET_PROTOCOL], "echo.v1");
}

#[tokio::test]
async fn each_stream_has_a_place_among_those_of_its_address() {
    let server = serve_as(app(), |server: Server| server.max_connections_per_address(3)).await;
    let mut connection = Connection::to(server.address).await;
    let (first, _second) = (connection.open("/echo").await, connection.open("/echo").await);
    assert_eq!(connection.ask("/echo", &[]).await.status(), 429, "the connection has a place, too");
    drop(first);
    while connection.ask("/echo", &[]).await.status() != 200 {}
}

#[tokio::test]
async fn a_proxy_speaks_for_a_client_with_each_stream() {
    let set =
        |server: Server| server.trust_forwarded(["127.0.0.1"]).expect("an address").max_connections_per_address(1);
    let server = serve_as(app(), set).await;
    let mut connection = Connection::to(server.address).await;
    let by = |client| (HeaderName::from_static("x-forwarded-for"), client);
    let first = socket(connection.ask("/echo", &[by("192.0.2.1")]).await).await;
    let _other = socket(connection.ask("/echo", &[by("192.0.2.2")]).await).await;
    assert_eq!(connection.ask("/echo", &[by("192.0.2.1")]).await.status(), 429);
    drop(first);
    while connection.ask("/echo", &[by("192.0.2.1")]).await.status() != 200 {}
}

#[tokio::test]
async fn a_server_that_stops_closes_every_stream() {
    let server = serve(app()).await;
    let mut connection = Connection::to(server.address).await;
    let (mut echo, mut dialogue) = (connection.open("/echo").await, connection.open("/introduce").await);
    assert_eq!(dialogue.text().await, "What is your name?");
    let stopped = server.stop();
    for socket in [&mut echo, &mut dialogue] {
        assert_eq!(socket.closed().await.0, Close::RESTART);
    }
    stopped.await.expect("it stops").expect("it stops");
    connection.ended.await.expect("it ends").expect("it ends in good order");
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_streams_is_not_kept() {
    let server = serve(app()).await;
    let connection = Connection::to(server.address).await;
    connection.ended.await.expect("it ends").expect("it ends in good order");
}

#[tokio::test]
async fn what_only_begins_like_it_is_http_1() {
    let Running { address, .. } = &serve(app()).await;
    for pieces in
        [["P", "OST /page HTTP/1.1\r\nHost: localhost\r\n\r\n"], ["PRI", "NT /page HTTP/1.1\r\nHost: a\r\n\r\n"]]
    {
        let mut raw = Raw::connect(*address).await;
        for piece in pieces {
            raw.send(piece.as_bytes()).await;
            tokio::task::yield_now().await;
        }
        let head = raw.head().await;
        assert!(head.starts_with("HTTP/1.1 405 "), "{head}");
    }
}
