//! What a server that stops lets finish, and what it refuses meanwhile.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use converse::prelude::*;
use converse::{Close, Held, Sessions, WebSocket};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Client, Gate, Log, Raw, Running, serve, serve_as, socket};

conversation! {
    /// Its second turn takes as long as the gate says.
    Slow with (gate: Gate) {
        let name: String = ask "Name?";
        say "A moment, {name}.";
        gate.pass().await;
        say "Done.";
        let age: u32 = ask "Age?";
        say "{name} is {age}.";
    }
}

/// With a key, so that a second connection comes to the same conversation.
#[ws_route("/")]
async fn hold() -> Held<Slow> {
    Slow.keyed("ada")
}

fn slow(gate: &Gate, sessions: &Sessions) -> Router {
    routes![hold].with_state(gate.clone()).layer(sessions.clone())
}

/// Its client comes back to the question that the turn has led to, and answers it.
async fn ends_at_the_next_server(gate: &Gate, sessions: &Sessions) {
    let server = serve(slow(gate, sessions)).await;
    let mut client = server.connect().await;
    while client.text().await != "Age?" {}
    client.send("36").await;
    assert_eq!(client.text().await, "Ada is 36.");
    assert_eq!(client.closed().await.0, Close::NORMAL);
}

async fn request(server: &Running, path: &str) -> Raw {
    let mut raw = Raw::connect(server.address).await;
    ask(&mut raw, path).await;
    raw
}

async fn ask(raw: &mut Raw, path: &str) {
    raw.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).await;
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_runs_is_stored_and_its_words_come_before_the_close() {
    let (gate, sessions) = (Gate::default(), Sessions::in_memory());
    let server = serve(slow(&gate, &sessions)).await;
    let mut client = server.connect().await;
    assert_eq!(client.text().await, "Name?");
    client.send("Ada").await;
    assert_eq!(client.text().await, "A moment, Ada.");
    gate.reached.notified().await;
    let mut stopped = server.stop();
    // This much time passes once there is nothing left to do.
    assert!(timeout(Duration::from_millis(300), &mut stopped).await.is_err(), "it waits for the turn");
    gate.open.notify_one();
    assert_eq!(client.text().await, "Done.");
    assert_eq!(client.text().await, "Age?");
    assert_eq!(client.closed().await.0, Close::RESTART);
    stopped.await.unwrap().unwrap();
    ends_at_the_next_server(&gate, &sessions).await;
}

/// Otherwise whoever types fast enough would have every deploy take as long as it may.
#[tokio::test(start_paused = true)]
async fn what_was_typed_ahead_begins_no_turn_any_more() {
    let (gate, sessions) = (Gate::default(), Sessions::in_memory());
    let server = serve(slow(&gate, &sessions)).await;
    let mut client = server.connect().await;
    assert_eq!(client.text().await, "Name?");
    client.send("Ada").await;
    gate.reached.notified().await;
    for reply in ["no age", "36", "never heard"] {
        client.send(reply).await;
    }
    // Once this is answered, all that went before has come.
    client.send(Message::Ping("come?".into())).await;
    while client.next().await != Some(Message::Pong("come?".into())) {}
    let mut stopped = server.stop();
    assert!(timeout(Duration::from_millis(300), &mut stopped).await.is_err(), "it waits for the turn");
    gate.open.notify_one();
    assert_eq!(client.text().await, "Done.");
    assert_eq!(client.text().await, "Age?");
    assert_eq!(client.closed().await.0, Close::RESTART);
    stopped.await.unwrap().unwrap();
    ends_at_the_next_server(&gate, &sessions).await;
}

#[tokio::test]
async fn a_turn_is_stored_though_its_client_has_left() {
    let (gate, sessions) = (Gate::default(), Sessions::in_memory());
    let server = serve(slow(&gate, &sessions)).await;
    let mut client = server.connect().await;
    assert_eq!(client.text().await, "Name?");
    client.send("Ada").await;
    gate.reached.notified().await;
    drop(client);
    let stopped = server.stop();
    gate.open.notify_one();
    stopped.await.unwrap().unwrap();

    let server = serve(slow(&gate, &sessions)).await;
    let mut client = server.connect().await;
    while client.text().await != "Age?" {}
}

#[tokio::test(start_paused = true)]
async fn a_turn_without_end_is_waited_for_no_longer_than_said() {
    let (gate, sessions) = (Gate::default(), Sessions::in_memory());
    let server = serve_as(slow(&gate, &sessions), |server| server.drain_for(Duration::from_secs(60))).await;
    let mut client = server.connect().await;
    assert_eq!(client.text().await, "Name?");
    client.send("Ada").await;
    assert_eq!(client.text().await, "A moment, Ada.");
    let begun = Instant::now();
    let stopped = server.stop();
    assert_eq!(client.closed().await.0, Close::RESTART);
    assert_eq!(begun.elapsed().as_secs(), 54);
    stopped.await.unwrap().unwrap();
    assert_eq!(begun.elapsed().as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn what_is_left_is_logged_every_second() {
    let log = Log::here();
    let (gate, sessions) = (Gate::default(), Sessions::in_memory());
    let server = serve(slow(&gate, &sessions)).await;
    let mut client = server.connect().await;
    assert_eq!(client.text().await, "Name?");
    client.send("Ada").await;
    gate.reached.notified().await;
    let mut stopped = server.stop();
    assert!(timeout(Duration::from_millis(3500), &mut stopped).await.is_err(), "it waits for the turn");
    let lines = log.lines();
    assert!(lines[0].starts_with("INFO listening "), "{lines:?}");
    assert_eq!(lines[1..], ["INFO stopping requests=0 websockets=1"; 4], "at once, and then every second");
    gate.open.notify_one();
    while client.text().await != "Age?" {}
    assert_eq!(client.closed().await.0, Close::RESTART);
    stopped.await.unwrap().unwrap();
    assert_eq!(log.lines().last().map(String::as_str), Some("INFO stopped"));
}

#[tokio::test(start_paused = true)]
async fn websockets_are_closed_in_batches() {
    let every = Duration::from_millis(300);
    let app = socket(async |mut ws: WebSocket| drop(ws.receive().await));
    let server = serve_as(app, |server| server.close_in_batches(2, every)).await;
    let (ends, mut ended) = mpsc::unbounded_channel();
    for _ in 0..6 {
        let (mut client, ends) = (server.connect().await, ends.clone());
        tokio::spawn(async move {
            assert_eq!(client.closed().await.0, Close::RESTART);
            ends.send(Instant::now()).expect("the test waits for it");
        });
    }
    let begun = Instant::now();
    server.stop().await.unwrap().unwrap();
    let mut times = Vec::new();
    for _ in 0..6 {
        times.push((ended.recv().await.expect("all are closed") - begun).as_millis());
    }
    assert_eq!(times, [0, 0, 300, 300, 600, 600]);
}

#[tokio::test]
async fn a_request_that_has_begun_is_answered_and_the_next_one_is_refused() {
    let gate = Gate::default();
    let passed = gate.clone();
    let app = Router::new().route("/slow", get(async move || passed.pass().await)).route("/health", converse::health());
    let server = serve(app).await;
    let address = server.address;
    let mut kept = request(&server, "/health").await;
    let head = kept.head().await;
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("cache-control: no-store\r\n"), "{head}");
    assert_eq!(kept.take(3).await, b"ok\n");
    let mut slow = request(&server, "/slow").await;
    gate.reached.notified().await;
    let stopped = server.stop();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    ask(&mut kept, "/health").await;
    let head = kept.head().await;
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    assert!(head.contains("retry-after: 1\r\n") && head.contains("connection: close\r\n"), "{head}");
    assert_eq!(kept.rest().await.expect("an end in good order"), b"stopping\n");
    gate.open.notify_one();
    assert!(slow.head().await.starts_with("HTTP/1.1 200 "));
    stopped.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_websocket_that_opens_while_the_server_stops_is_closed_at_once() {
    let gate = Gate::default();
    let passed = gate.clone();
    let app = Router::new().fallback(async move |upgrade: converse::Upgrade| {
        passed.pass().await;
        upgrade.on_socket(async |mut ws: WebSocket| drop(ws.receive().await))
    });
    let server = serve(app).await;
    let stream = TcpStream::connect(server.address).await.expect("the server listens");
    let client = tokio::spawn(async { Client::over(stream, "/").await });
    gate.reached.notified().await;
    let stopped = server.stop();
    gate.open.notify_one();
    assert_eq!(client.await.unwrap().closed().await.0, Close::RESTART);
    stopped.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_handler_s_last_work_is_waited_for() {
    let gate = Gate::default();
    let (passed, (done, mut is_done)) = (gate.clone(), mpsc::unbounded_channel());
    let server = serve(socket(async move |mut ws: WebSocket| {
        ws.receive().await;
        passed.pass().await;
        drop(ws);
        let _ = done.send(());
    }))
    .await;
    let mut client = server.connect().await;
    let mut stopped = server.stop();
    assert_eq!(client.closed().await.0, Close::RESTART);
    gate.reached.notified().await;
    drop(client);
    assert!(timeout(Duration::from_millis(300), &mut stopped).await.is_err(), "it waits for the handler");
    gate.open.notify_one();
    stopped.await.unwrap().unwrap();
    is_done.try_recv().expect("the handler has ended");
}
