//! Behind a proxy: whom it speaks for, where it is believed.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use converse::{Close, Server, Upgrade, WebSocket};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::support::{Client, Raw, Running, serve_as};

/// Says whom it takes the client for, over HTTP and over a WebSocket.
fn who() -> Router {
    let over_http = get(async |ConnectInfo(client): ConnectInfo<SocketAddr>| client.ip().to_string());
    let over_websocket = async |ConnectInfo(client): ConnectInfo<SocketAddr>, upgrade: Upgrade| {
        upgrade.on_socket(async move |mut ws: WebSocket| {
            ws.send(client.ip().to_string()).await?;
            ws.receive().await;
            Ok::<_, converse::Error>(())
        })
    };
    Router::new().route("/http", over_http).fallback(over_websocket)
}

async fn behind(proxies: &[&str]) -> Running {
    let set = |server: Server| server.trust_forwarded(proxies).expect("networks");
    serve_as(who(), |server| set(server).max_connections_per_address(1)).await
}

/// A handshake that a proxy passes on for `client`; where it is refused, the status.
async fn connect(server: &Running, client: &str) -> Result<Client<TcpStream>, u16> {
    connect_with(server, &[("x-forwarded-for", client.as_bytes())]).await
}

async fn connect_with(server: &Running, headers: &[(&'static str, &[u8])]) -> Result<Client<TcpStream>, u16> {
    let mut request = "ws://localhost/".into_client_request().expect("an address");
    for (name, value) in headers {
        request.headers_mut().append(*name, HeaderValue::from_bytes(value).expect("a header's value"));
    }
    let stream = TcpStream::connect(server.address).await.expect("the server listens");
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(Client::of(socket)),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn the_clients_of_a_proxy_are_told_apart() {
    let server = behind(&["127.0.0.0/8"]).await;
    let mut one = connect(&server, "198.51.100.7").await.expect("the first one");
    assert_eq!(one.text().await, "198.51.100.7");
    // What it says of others in front of itself is its own affair.
    assert_eq!(connect(&server, "203.0.113.1, 198.51.100.7").await.err(), Some(429));
    let mut other = connect(&server, "198.51.100.8").await.expect("another one's first");
    assert_eq!(other.text().await, "198.51.100.8");
    // The place is free again once the WebSocket has ended, and not before.
    assert_eq!(connect(&server, "198.51.100.7").await.err(), Some(429));
    one.close(Close::NORMAL, "").await;
    assert_eq!(one.closed().await.0, Close::NORMAL);
    drop(one);
    let mut again = loop {
        match connect(&server, "198.51.100.7").await {
            Ok(client) => break client,
            Err(status) => assert_eq!(status, 429),
        }
    };
    assert_eq!(again.text().await, "198.51.100.7");
}

#[tokio::test]
async fn a_handshake_that_fails_takes_no_place() {
    let server = behind(&["127.0.0.1"]).await;
    let mut raw = Raw::connect(server.address).await;
    for _ in 0..3 {
        // Over one connection, as proxies keep theirs.
        raw.send(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Forwarded-For: 198.51.100.7\r\n\
              Content-Length: 0\r\n\r\n",
        )
        .await;
        let head = raw.head().await;
        assert!(head.starts_with("HTTP/1.1 426 "), "{head}");
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        raw.take(length.expect("a length").parse().expect("a number")).await;
    }
    connect(&server, "198.51.100.7").await.expect("the first one");
}

#[tokio::test]
async fn requests_over_one_connection_are_those_of_many_clients() {
    let server = behind(&["127.0.0.1"]).await;
    let mut raw = Raw::connect(server.address).await;
    for client in ["198.51.100.7", "198.51.100.8"] {
        let request = format!("GET /http HTTP/1.1\r\nHost: localhost\r\nForwarded: for={client};proto=https\r\n\r\n");
        raw.send(request.as_bytes()).await;
        assert!(raw.head().await.starts_with("HTTP/1.1 200 "));
        assert_eq!(raw.take(client.len()).await, client.as_bytes());
    }
}

#[tokio::test]
async fn a_stranger_is_not_believed() {
    let server = behind(&["192.0.2.0/24"]).await;
    let mut client = connect(&server, "198.51.100.7").await.expect("the first one");
    assert_eq!(client.text().await, "127.0.0.1");
    assert_eq!(connect(&server, "198.51.100.8").await.err(), Some(429));
}

#[tokio::test]
async fn bytes_that_are_no_text_hide_nobody() {
    // Nobody has said how many connections this machine may have: it is whom the proxy speaks for that is bounded.
    let server = serve_as(who(), |server| server.trust_forwarded(["127.0.0.1"]).expect("an address")).await;
    let said: &[(_, &[u8])] = &[("x-forwarded-for", b"\xff, 198.51.100.7")];
    let mut clients = Vec::new();
    for _ in 0..128 {
        let mut client = connect_with(&server, said).await.expect("a place");
        assert_eq!(client.text().await, "198.51.100.7");
        clients.push(client);
    }
    assert_eq!(connect_with(&server, said).await.err(), Some(429));
}

#[tokio::test]
async fn who_cannot_be_told_is_refused() {
    let server = behind(&["127.0.0.1"]).await;
    for headers in [
        &[("x-forwarded-for", &b"\xff"[..])][..],
        &[("x-forwarded-for", b"203.0.113.9, unknown")],
        &[("forwarded", b"for=203.0.113.9"), ("x-forwarded-for", b"198.51.100.7")],
    ] {
        assert_eq!(connect_with(&server, headers).await.err(), Some(400), "{headers:?}");
    }
    let mut raw = Raw::connect(server.address).await;
    raw.send(b"GET /http HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.9, unknown\r\n\r\n").await;
    let head = raw.head().await;
    assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    let words = b"`Forwarded` or `X-Forwarded-For` does not end with the address of a client\n";
    assert_eq!(raw.take(words.len()).await, words);
    // What the proxy asks for itself.
    raw.send(b"GET /http HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(raw.head().await.starts_with("HTTP/1.1 200 "));
    assert_eq!(raw.take(9).await, b"127.0.0.1");
}
