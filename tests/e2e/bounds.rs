//! How many connections there may be, and how long one may take to become a WebSocket.

use axum::Router;
use axum::routing::get;
use converse::{Close, WebSocket};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error;

use crate::support::{Client, Raw, Running, serve, serve_as, socket};

fn echo() -> Router {
    socket(async |mut ws: WebSocket| {
        while let converse::Received::Message(message) = ws.receive().await {
            ws.send(message).await?;
        }
        Ok::<_, converse::Error>(())
    })
}

/// The status and the words that a handshake is refused with, as a client sees them that was not written for this.
async fn refused(server: &Running) -> (u16, String) {
    let stream = TcpStream::connect(server.address).await.expect("the server listens");
    match client_async("ws://localhost/", stream).await.map(drop) {
        Err(Error::Http(response)) => {
            assert_eq!(response.headers()["connection"], "close");
            let body = response.body().as_deref().unwrap_or_default();
            (response.status().as_u16(), String::from_utf8_lossy(body).into_owned())
        }
        other => panic!("expected a refusal, not {other:?}"),
    }
}

/// Connects as soon as there is room again: the server may learn of an end later than its client.
async fn let_in(server: &Running) -> Client<TcpStream> {
    loop {
        let stream = TcpStream::connect(server.address).await.expect("the server listens");
        match client_async("ws://localhost/", stream).await {
            Ok((socket, _)) => return Client::of(socket),
            Err(Error::Http(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn a_websocket_counts_as_a_connection_until_it_ends() {
    for (set, status, words) in [
        (
            (|server| server.max_connections(2)) as fn(converse::Server) -> converse::Server,
            503,
            "there are too many connections\n",
        ),
        (|server| server.max_connections_per_address(2), 429, "there are too many connections from one address\n"),
    ] {
        let server = serve_as(echo(), set).await;
        let mut first = server.connect().await;
        let mut second = server.connect().await;
        assert_eq!(refused(&server).await, (status, words.to_owned()));
        // Those that are there notice nothing.
        for client in [&mut first, &mut second] {
            client.send("still here").await;
            assert_eq!(client.text().await, "still here");
        }
        first.close(Close::NORMAL, "").await;
        assert_eq!(first.closed().await.0, Close::NORMAL);
        drop(first); // The server waits for its client to hang up first.
        let mut third = let_in(&server).await;
        third.send("at last").await;
        assert_eq!(third.text().await, "at last");
        assert_eq!(refused(&server).await.0, status);
        drop(second);
        drop(let_in(&server).await);
    }
}

#[tokio::test]
async fn a_connection_counts_before_it_has_said_anything() {
    let server = serve_as(echo(), |server| server.max_connections(1)).await;
    let silent = Raw::connect(server.address).await;
    assert_eq!(refused(&server).await.0, 503);
    drop(silent);
    drop(let_in(&server).await);
}

#[tokio::test]
async fn who_is_refused_and_says_nothing_holds_nobody_up() {
    let server = serve_as(echo(), |server| server.max_connections(1)).await;
    let mut client = server.connect().await;
    // More than are told at the same time.
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(Raw::connect(server.address).await);
    }
    // Those beyond the bound are closed, and the server has gone on to accept this far.
    let mut last = silent.pop().expect("there are some");
    assert_eq!(last.rest().await.expect("an end in good order"), b"");
    client.send("undisturbed").await;
    assert_eq!(client.text().await, "undisturbed");
}

#[tokio::test]
async fn this_machine_is_not_bounded_unless_it_is_said() {
    let server = serve(echo()).await;
    let mut clients = Vec::new();
    for _ in 0..130 {
        clients.push(server.connect().await);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_has_ten_seconds_to_come_in() {
    let server = serve(Router::new().route("/", get(async || "hello"))).await;
    let begun = tokio::time::Instant::now();
    let mut slow = Raw::connect(server.address).await;
    slow.send(b"GET / HTTP/1.1\r\nHost: local").await;
    slow.rest().await.expect("an end in good order");
    assert_eq!(begun.elapsed().as_secs(), 10);
    // Also the second one of a connection that is kept alive.
    let mut idle = Raw::connect(server.address).await;
    idle.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(idle.head().await.starts_with("HTTP/1.1 200 "));
    assert_eq!(idle.rest().await.expect("an end in good order"), b"hello");
    assert_eq!(begun.elapsed().as_secs(), 20);
}
