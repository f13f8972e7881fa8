//! Stopping in good order.

use std::process::Stdio;
use std::time::Duration;

use converse::{Close, Received, WebSocket};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use crate::support::{Client, Raw, serve, socket};

#[tokio::test]
async fn a_server_that_stops_closes_with_1012_and_waits_for_the_answers() {
    let (ends, mut ended) = mpsc::unbounded_channel();
    let server = serve(socket(async move |mut ws: WebSocket| {
        ws.send("welcome").await.unwrap();
        let _ = ends.send(ws.receive().await);
    }))
    .await;
    let address = server.address;
    let mut clients = Vec::new();
    for _ in 0..20 {
        let mut client = server.connect().await;
        assert_eq!(client.text().await, "welcome");
        clients.push(client);
    }
    // A browser that keeps its connection for later must not hold it up.
    let mut idle = Raw::connect(address).await;
    idle.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(idle.head().await.starts_with("HTTP/1.1 426 "));
    let before = Instant::now();
    let stopped = server.stop();
    for mut client in clients {
        assert_eq!(client.closed().await, (Close::RESTART, "the service restarts".to_owned()));
        assert!(matches!(ended.recv().await, Some(Received::Closed(Close { code: Close::RESTART, .. }))));
    }
    stopped.await.unwrap().unwrap();
    assert!(before.elapsed() < Duration::from_secs(5), "{:?}", before.elapsed());
    idle.rest().await.expect("a connection closed in good order");
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_client_that_does_not_answer_is_not_waited_for() {
    let server = serve(socket(async |mut ws: WebSocket| {
        ws.receive().await;
    }))
    .await;
    let client = Raw::open(server.address, b"").await;
    timeout(Duration::from_secs(10), server.stop()).await.expect("in bounded time").unwrap().unwrap();
    drop(client);
}

#[tokio::test]
async fn sigterm_stops_the_example() {
    let mut example = Command::new(example("echo"))
        .env("CONVERSE_ADDRESS", "127.0.0.1:0")
        .env_remove("CONVERSE_CLIENT")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the example runs");
    let mut printed = BufReader::new(example.stdout.take().unwrap()).lines();
    let mut said = BufReader::new(example.stderr.take().unwrap()).lines();
    let line = said.next_line().await.unwrap().expect("a first line");
    let address = line.strip_prefix("listening on ").expect("the address");

    let mut client = Client::over(TcpStream::connect(address).await.unwrap(), "/connect").await;
    client.send("Good evening!").await;
    assert_eq!(client.text().await, "Hello!");
    assert_eq!(printed.next_line().await.unwrap().as_deref(), Some("Received message: Good evening!"));
    let pid = example.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    assert_eq!(client.closed().await.0, Close::RESTART);
    let status = timeout(Duration::from_secs(10), example.wait()).await.expect("in bounded time").unwrap();
    assert!(status.success(), "{status}");
}

/// Builds an example as these tests were built, and says where it is.
fn example(name: &str) -> std::path::PathBuf {
    let test = std::env::current_exe().expect("a path");
    let profile = test.ancestors().nth(2).expect("target/<profile>/deps");
    let mut build = std::process::Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--package", &format!("example-{name}")]);
    if profile.ends_with("release") {
        build.arg("--release");
    }
    assert!(build.status().expect("cargo runs").success());
    profile.join(name)
}
