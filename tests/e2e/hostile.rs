//! Peers that mean harm, beside one that does not: each gets what it deserves, and the other one's dialogue goes on.

use std::time::Duration;

use converse::{Connections, prelude::*};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::support::{Client, Raw, serve};

conversation! {
    /// Counts what it is told.
    Patient {
        let mut told = 0_u32;
        loop {
            let more: String = ask "{told}";
            if more == "enough" {
                break;
            }
            told += 1;
        }
    }
}

#[ws_route("/patient")]
async fn patient() -> Patient {
    Patient
}

#[ws_route("/")]
async fn echo(mut socket: WebSocket) -> converse::Result {
    while let Received::Message(message) = socket.receive().await {
        socket.send(message).await?;
    }
    Ok(())
}

/// Who goes on with a dialogue meanwhile.
struct Bystander {
    client: Client<TcpStream>,
    told: u32,
}

impl Bystander {
    async fn at(address: std::net::SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        let mut client = Client::over(stream, "/patient").await;
        assert_eq!(client.text().await, "0");
        Bystander { client, told: 0 }
    }

    async fn goes_on(&mut self) {
        self.told += 1;
        self.client.send("more").await;
        assert_eq!(self.client.text().await, self.told.to_string());
    }
}

/// A frame whose header says so, with nothing behind it.
fn header(first: u8, length: u64) -> Vec<u8> {
    [&[first, 0xff], &length.to_be_bytes()[..], &[0; 4]].concat()
}

#[tokio::test]
async fn every_mistake_has_its_close_and_nobody_else_notices() {
    let server = serve(routes![echo, patient]).await;
    let mut bystander = Bystander::at(server.address).await;
    let text = |payload: &[u8]| Raw::frame(0x81, payload);
    let cases: [(&str, Vec<u8>, u16, &str); 13] = [
        ("a length that no memory has", header(0x81, 1 << 62), 1009, ""),
        ("a length with its highest bit set", header(0x81, u64::MAX), 1009, ""),
        ("one byte too much", header(0x82, 64 * 1024 + 1), 1009, ""),
        (
            "half of a character, and something else",
            [Raw::frame(0x01, b"\xce"), Raw::frame(0x80, b"x")].concat(),
            1007,
            "",
        ),
        ("half of a character", text(b"\xce"), 1007, ""),
        ("no mask", vec![0x81, 1, b'x'], 1002, ""),
        ("a reserved bit", Raw::frame(0xc1, b"x"), 1002, ""),
        ("an opcode that means nothing", Raw::frame(0x83, b"x"), 1002, ""),
        ("a ping in two parts", Raw::frame(0x09, b"x"), 1002, ""),
        ("a ping that is too long", [&[0x89, 0xfe, 0, 126, 0, 0, 0, 0][..], &[b'x'; 126]].concat(), 1002, ""),
        ("the end of no message", Raw::frame(0x80, b"x"), 1002, ""),
        (
            "frames without end",
            [Raw::frame(0x01, b""), Raw::frame(0x00, b"").repeat(2000)].concat(),
            1008,
            "too many fragments",
        ),
        ("messages without end", text(b"").repeat(30_000), 1008, "too many messages"),
    ];
    for (what, bytes, code, reason) in cases {
        let mut raw = Raw::open(server.address, &bytes).await;
        let said = raw.rest().await.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(said.ends_with(&Raw::close(code, reason)), "{what}: {:?}", &said[said.len().saturating_sub(40)..]);
        bystander.goes_on().await;
    }
}

#[tokio::test]
async fn pings_without_end_are_answered_for_a_while() {
    let server = serve(routes![echo, patient]).await;
    let mut bystander = Bystander::at(server.address).await;
    let mut raw = Raw::open(server.address, &Raw::frame(0x89, b"").repeat(30_000)).await;
    let said = raw.rest().await.expect("it is not reset");
    assert!(said.ends_with(&Raw::close(1008, "too many messages")));
    bystander.goes_on().await;
}

#[tokio::test(start_paused = true)]
async fn a_head_that_never_ends_is_not_waited_for() {
    let server = serve(routes![echo]).await;
    for head in ["", "G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nX: "] {
        let mut raw = Raw::connect(server.address).await;
        raw.send(head.as_bytes()).await;
        let began = tokio::time::Instant::now();
        let said = String::from_utf8(raw.rest().await.expect("it is not reset")).expect("ASCII");
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{head:?}: {said}");
        assert!(began.elapsed() <= Duration::from_secs(11), "{head:?}: {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_head_of_any_size_is_not_read() {
    let server = serve(routes![echo, patient]).await;
    let mut bystander = Bystander::at(server.address).await;
    let mut raw = Raw::connect(server.address).await;
    raw.send(format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}", "x".repeat(20 * 1024)).as_bytes()).await;
    assert!(raw.head().await.starts_with("HTTP/1.1 431 "));
    bystander.goes_on().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_who_vanish_leave_nothing_behind() {
    let server = serve(routes![echo, patient]).await;
    let mut bystander = Bystander::at(server.address).await;
    let open = Connections::count();
    for round in 0..100 {
        let mut guests = JoinSet::new();
        for guest in 0..100 {
            let address = server.address;
            guests.spawn(async move {
                // Before they say anything, half-way through the handshake, and behind it: in a message, and with one.
                match (round + guest) % 4 {
                    0 => drop(Raw::connect(address).await),
                    1 => Raw::connect(address).await.send(b"GET / HTTP/1.1\r\n").await,
                    2 => drop(Raw::open(address, &header(0x81, 1000)).await),
                    _ => drop(Raw::open(address, &Raw::frame(0x81, b"hello")).await),
                }
            });
        }
        guests.join_all().await;
        bystander.goes_on().await;
    }
    while Connections::count() > open {
        bystander.goes_on().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_who_leave_at_once_are_all_answered() {
    let server = serve(routes![echo, patient]).await;
    let mut bystander = Bystander::at(server.address).await;
    let mut guests = JoinSet::new();
    for _ in 0..4000 {
        let address = server.address;
        guests.spawn(async move { Raw::open(address, b"").await });
    }
    let guests = guests.join_all().await;
    bystander.goes_on().await;
    let mut leaving = JoinSet::new();
    for mut guest in guests {
        leaving.spawn(async move {
            guest.send(&Raw::frame(0x88, &1000_u16.to_be_bytes())).await;
            assert_eq!(guest.rest().await.expect("it is not reset"), Raw::close(1000, ""));
        });
    }
    leaving.join_all().await;
    bystander.goes_on().await;
}
