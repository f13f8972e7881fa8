//! What a crowd costs is given back, whatever it wants: 10,000 who close at the same time, and others who mean harm. The server
//! is a process of its own, and so are its guests. What it has allocated counts, and not what its allocator holds on to.

use std::net::{Ipv4Addr, SocketAddr};

use converse::{Connections, Limits, Server, prelude::*};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::net::TcpSocket;
use tokio::process::Command;
use tokio::task::{JoinSet, yield_now};

use crate::support::{Raw, itself};

/// As many as there is room for among the files that a process may open.
const GUESTS: usize = 10_000;
/// What a crowd may leave behind that is not the first one, in bytes: a queue that has grown once more, and not 16 bytes for
/// each of them.
const LEFT: i64 = 128 * 1024;

/// What the processes are told.
const ADDRESS: &str = "CONVERSE_CROWD_AT";
const CROWD: &str = "CONVERSE_CROWD";

/// A socket by hand: a conversation is kept when its client has gone, and that is no leak.
#[ws_route("/")]
async fn echo(mut socket: WebSocket) -> converse::Result {
    socket.limits(Limits::default().max_messages_per_second(1000));
    while let Received::Message(message) = socket.receive().await {
        socket.send(message).await?;
    }
    Ok(())
}

#[test]
fn ten_thousand_who_leave_at_once_are_all_answered_and_leave_nothing() {
    host("leave");
}

#[test]
fn who_vanishes_at_whatever_stage_leaves_nothing() {
    host("vanish");
}

#[test]
fn who_announces_more_than_comes_leaves_nothing() {
    host("announce");
}

#[test]
fn who_says_too_much_leaves_nothing() {
    host("flood");
}

#[test]
fn who_does_not_read_leaves_nothing() {
    host("ignore");
}

/// Has a server have such a crowd.
fn host(crowd: &str) {
    assert!(itself("crowd::serve").env(CROWD, crowd).status().expect("this program runs").success(), "see above");
}

#[test]
#[ignore = "the server of the other tests"]
fn serve() {
    if std::env::var_os(CROWD).is_none() {
        return;
    }
    room();
    // Everything of the server is on this thread, whose allocations are counted.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("there can be a runtime");
    let address = runtime.block_on(async {
        let server = Server::bind("127.0.0.1:0").await.expect("a free port");
        let address = server.local_addr();
        tokio::spawn(server.serve(routes![echo]));
        address
    });
    // Tables grow with the first.
    runtime.block_on(come_and_go(address));
    let used = allocation_counter::measure(|| runtime.block_on(come_and_go(address)));
    println!("{} bytes at most, {} left", used.bytes_max, used.bytes_current);
    assert!(used.bytes_current < LEFT, "{} bytes are left, and may be {LEFT}", used.bytes_current);
}

/// Waits for a crowd to come, and for the server to have let go of it.
async fn come_and_go(address: SocketAddr) {
    let mut guests = Command::from(itself("crowd::guests"));
    assert!(guests.env(ADDRESS, address.to_string()).status().await.expect("this program runs").success(), "see above");
    while Connections::count() > 0 {
        yield_now().await;
    }
    // What has not become a WebSocket is not counted there: a last one comes behind all of them.
    drop(Raw::open(address, b"").await);
    while Connections::count() > 0 {
        yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the clients of the other tests"]
async fn guests() {
    let Ok(address) = std::env::var(ADDRESS) else { return };
    let address = address.parse().expect("an address");
    let crowd = std::env::var(CROWD).expect("the server was told, too");
    let many = room();
    match &*crowd {
        "leave" => leave(address, many).await,
        "vanish" => vanish(address, many).await,
        "announce" => announce(address, many / 10).await,
        "flood" => flood(address).await,
        "ignore" => ignore(address).await,
        other => panic!("there is no crowd that wants to {other}"),
    }
}

async fn leave(address: SocketAddr, many: usize) {
    let mut leaving = JoinSet::new();
    for mut guest in open(address, many, b"").await {
        leaving.spawn(async move {
            guest.send(&Raw::frame(0x88, &1000_u16.to_be_bytes())).await;
            let said = guest.rest().await.expect("it is not reset");
            assert!(said.ends_with(&Raw::close(1000, "")), "{said:?}");
        });
    }
    leaving.join_all().await;
}

async fn vanish(address: SocketAddr, many: usize) {
    for round in 0..many / 100 {
        let mut guests = JoinSet::new();
        for guest in 0..100 {
            guests.spawn(async move {
                let mut raw = come(address, round * 100 + guest).await;
                match guest % 4 {
                    0 => {}
                    1 => raw.send(b"GET / HTTP/1.1\r\n").await,
                    2 => drop(raw.upgrade(&announcement()).await),
                    _ => drop(raw.upgrade(&Raw::frame(0x81, b"hello")).await),
                }
            });
        }
        guests.join_all().await;
    }
}

/// The header of a message as long as it may be, which does not come.
fn announcement() -> Vec<u8> {
    [&[0x81, 0xff][..], &(64 * 1024_u64).to_be_bytes(), &[0; 4]].concat()
}

async fn announce(address: SocketAddr, many: usize) {
    drop(open(address, many, &announcement()).await);
}

async fn flood(address: SocketAddr) {
    let messages = Raw::frame(0x81, b"").repeat(30_000);
    let fragments = [Raw::frame(0x01, b""), Raw::frame(0x00, b"").repeat(2000)].concat();
    let pings = Raw::frame(0x89, b"").repeat(30_000);
    let mut guests = JoinSet::new();
    for guest in 0..30 {
        let said = [&messages, &fragments, &pings][guest % 3].clone();
        guests.spawn(async move {
            let said = come(address, guest).await.upgrade(&said).await.rest().await.expect("it is not reset");
            assert!(said.windows(4).any(|bytes| bytes[2..] == 1008_u16.to_be_bytes()), "it is told why");
        });
    }
    guests.join_all().await;
}

/// Says a lot that is answered, and does not look at the answers.
async fn ignore(address: SocketAddr) {
    let said = [&announcement()[..], &[b'x'; 64 * 1024]].concat().repeat(8);
    drop(open(address, 200, &said).await);
}

/// So many WebSockets, which are all open when this returns; opened few at a time, as a backlog has an end.
async fn open(address: SocketAddr, many: usize, early: &[u8]) -> Vec<Raw> {
    const AT_ONCE: usize = 100;
    let mut openers = JoinSet::new();
    for part in 0..AT_ONCE {
        let early = early.to_vec();
        openers.spawn(async move {
            let mut guests = Vec::new();
            for guest in (part..many).step_by(AT_ONCE) {
                guests.push(come(address, guest).await.upgrade(&early).await);
            }
            guests
        });
    }
    openers.join_all().await.into_iter().flatten().collect()
}

/// A connection from one of many addresses: a port that was used rests for a minute.
async fn come(address: SocketAddr, guest: usize) -> Raw {
    let socket = TcpSocket::new_v4().expect("a file is free");
    let [.., high, low] = (guest / 100 + 2).to_be_bytes();
    socket.bind((Ipv4Addr::new(127, 1, high, low), 0).into()).expect("all of these are this machine");
    Raw(socket.connect(address).await.expect("the server listens"))
}

/// How many guests there can be, with as many files as this process may open.
fn room() -> usize {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).expect("there is a limit");
    setrlimit(Resource::RLIMIT_NOFILE, most, most).expect("it may be used up");
    // The server keeps a sixteenth for itself.
    GUESTS.min(usize::try_from(most / 10 * 9).unwrap_or(GUESTS))
}
