//! A peer whose machine is gone without a word: no FIN, no RST, nothing. A network where that happens is one of our own, in
//! a namespace.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::Router;
use converse::{Close, Connections, Held, Sessions, prelude::*};
use tokio::net::{TcpSocket, TcpStream};
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::support::{Client, serve, socket};

conversation! {
    /// Remembers a name.
    Greeting {
        let name: String = ask "Name?";
        let age: u32 = ask "Age?";
        say "{name} is {age}.";
    }
}

conversation! {
    /// Thinks about the first reply for ever, and takes no more of those that come meanwhile than it has room for.
    Ponder {
        let anything: String = ask "Anything?";
        drop(anything);
        std::future::pending::<()>().await;
    }
}

#[ws_route("/ponder", ping = "1s", pong = "1s")]
async fn ponder() -> Ponder {
    Ponder
}

#[ws_route("/greet", ping = "1s", pong = "1s")]
async fn greet() -> Held<Greeting> {
    Greeting.keyed("ada")
}

/// A ping and its pong take no longer than this, however busy the machine is.
const FOUND_OUT: Duration = Duration::from_secs(2 + 3);

/// The addresses of the client that is lost, and of another one.
const LOST: &str = "10.9.0.2";
const ELSEWHERE: &str = "10.9.0.3";

/// The same for one that is not read from, so that nothing tells but TCP, which tries again and again: there are two pings, and
/// what comes of the first is seen when the second is due.
const FOUND_OUT_UNREAD: Duration = Duration::from_secs(10);

/// Set where the network may be changed.
const ALONE: &str = "CONVERSE_ALONE";

/// Words that have a command run as the root of a network of its own.
const NAMESPACE: [&str; 4] = ["unshare", "--user", "--map-root-user", "--net"];

#[tokio::test]
async fn a_peer_that_is_cut_off_is_found_out_and_its_conversation_goes_on_elsewhere() {
    if !is_done(&[&NAMESPACE[..], &["ip", "link", "set", "lo", "up"]].concat()).await {
        return println!("skipped: this machine lets nobody have a network of their own, by `unshare` and `ip`");
    }
    let us = std::env::current_exe().expect("this program is a file");
    let us = us.to_str().expect("a path in UTF-8");
    let inside = ["env", &format!("{ALONE}=1"), us, "--exact", "half_open::inside", "--ignored", "--nocapture"];
    assert!(is_done(&[&NAMESPACE[..], &inside].concat()).await, "see above");
}

#[tokio::test]
#[ignore = "what the other test does, in a network of its own"]
async fn inside() {
    if std::env::var_os(ALONE).is_none() {
        return;
    }
    ip("link set lo up").await;
    // An hour's patience is of no use here.
    let gives_up = std::fs::write("/proc/sys/net/ipv4/tcp_retries2", "2");
    if let Err(error) = &gives_up {
        println!("skipped: a client that is not read from, since TCP cannot be told to give up sooner: {error}");
    }
    for address in [LOST, ELSEWHERE] {
        ip(&format!("addr add {address}/32 dev lo")).await;
    }
    let (ends, mut ended) = mpsc::unbounded_channel();
    let by_hand = socket(async move |mut ws: WebSocket| {
        ws.ping_policy(converse::PingPolicy::protocol(Duration::from_secs(1), Duration::from_secs(1)));
        let _ = ends.send(ws.receive().await);
    });
    let server = serve(Router::new().merge(routes![greet, ponder]).merge(by_hand).layer(Sessions::in_memory())).await;
    let mut lost = client(server.address, LOST, "/greet").await;
    assert_eq!(lost.text().await, "Name?");
    lost.send("Ada").await;
    assert_eq!(lost.text().await, "Age?");
    let silent = client(server.address, LOST, "/").await;
    let mut unread = None;
    if gives_up.is_ok() {
        let unread = unread.insert(client(server.address, LOST, "/ponder").await);
        assert_eq!(unread.text().await, "Anything?");
        for number in 0..1000 {
            unread.send(number.to_string()).await;
        }
    }
    assert_eq!(Connections::count(), if unread.is_some() { 3 } else { 2 });

    ip(&format!("route del local {LOST} table local")).await;
    ip(&format!("route add blackhole {LOST} table local")).await;
    let cut_off = Instant::now();
    let end = ended.recv().await.expect("the handler says how it ended");
    assert!(matches!(end, Received::Closed(Close { code: Close::ABNORMAL, .. })), "{end:?}");
    assert!(cut_off.elapsed() < FOUND_OUT, "{:?}", cut_off.elapsed());
    // All sockets are given up: nobody answers their last words.
    while Connections::count() > 0 {
        tokio::task::yield_now().await;
    }
    assert!(cut_off.elapsed() < FOUND_OUT_UNREAD, "{:?}", cut_off.elapsed());
    drop((lost, silent, unread));

    let mut elsewhere = client(server.address, ELSEWHERE, "/greet").await;
    assert_eq!(elsewhere.text().await, "Age?");
    elsewhere.send("36").await;
    assert_eq!(elsewhere.text().await, "Ada is 36.");
}

async fn client(server: SocketAddr, from: &str, path: &str) -> Client<TcpStream> {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((from.parse::<IpAddr>().expect("an address"), 0).into()).expect("it is ours");
    Client::over(socket.connect(server).await.expect("the server listens"), path).await
}

async fn ip(words: &str) {
    let words: Vec<_> = ["ip"].into_iter().chain(words.split(' ')).collect();
    assert!(is_done(&words).await, "{words:?}");
}

/// Whether a command can be run, and succeeds.
async fn is_done(words: &[&str]) -> bool {
    Command::new(words[0]).args(&words[1..]).status().await.is_ok_and(|status| status.success())
}
