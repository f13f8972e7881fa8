//! Clients that mean harm, each kind without end: what `-- hostile` puts beside a bystander.

use std::future::pending;
use std::io::Result;
use std::net::SocketAddr;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::client::{Client, TEXT, Target, frame};
use crate::load::open;
use crate::ours::COUNT;

/// What they do, by what it is called in the table.
pub const KINDS: [&str; 6] =
    ["pings without end", "fragments without end", "half a handshake", "messages that never come", "no ear", "crowds"];

/// So many do it at the same time.
const AT_ONCE: usize = 32;
/// So many connections each of them has, where one does not do much.
const EACH: usize = 64;

/// Has some do one of these again and again, whatever comes of it.
pub async fn harm(kind: &'static str, address: SocketAddr) {
    let mut all = JoinSet::<()>::new();
    for _ in 0..AT_ONCE {
        all.spawn(async move {
            loop {
                let _ = once(kind, Target { address, path: Some(COUNT) }).await;
            }
        });
    }
    all.join_all().await;
}

async fn once(kind: &str, target: Target) -> Result<()> {
    match KINDS.iter().position(|known| *known == kind) {
        Some(0) => say(target, empty(0x89).repeat(20_000)).await,
        Some(1) => say(target, [empty(0x01), empty(0x00).repeat(2_000)].concat()).await,
        Some(2) => TcpStream::connect(target.address).await?.write_all(b"GET / HTTP/1.1\r\nHost: ").await,
        Some(3) => {
            let mut clients = open(target, EACH, None).await?;
            for client in &mut clients {
                client.say(&[0x81, 0xfe, 0xff, 0xff, 0, 0, 0, 0]).await?;
            }
            pending().await
        }
        Some(4) => {
            // More echoes than there is room for on the way: it waits until it is given up.
            let echo = Target { path: Some("/echo"), ..target };
            Client::connect(&echo).await?.say(&frame(TEXT, &[b'x'; 64 << 10]).repeat(1_000)).await
        }
        _ => {
            for client in open(target, EACH, None).await? {
                client.close().await?;
            }
            Ok(())
        }
    }
}

/// Says this on a WebSocket of its own, and waits until that is closed for it.
async fn say(target: Target, said: Vec<u8>) -> Result<()> {
    let mut client = Client::connect(&target).await?;
    client.say(&said).await?;
    while client.hear().await.is_ok() {}
    Ok(())
}

/// A frame that is masked, and has nothing in it.
fn empty(first: u8) -> Vec<u8> {
    vec![first, 0x80, 0, 0, 0, 0]
}
