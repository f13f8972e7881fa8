//! A server that is killed again and again under many dialogues.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Error;

use crate::client::{Client, Heard};
use crate::server::Process;

/// How many dialogues go on at the same time.
const DIALOGUES: usize = 200;

/// What the clients and the one who kills know of each other.
struct Shared {
    server: watch::Receiver<SocketAddr>,
    /// How many answers were heard of.
    answers: AtomicUsize,
    answered: Notify,
    /// Whether new dialogues begin.
    goes_on: AtomicBool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_done_twice_in_200_crashes() {
    crash(200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a quarter of an hour"]
async fn nothing_is_lost_or_done_twice_in_10_000_crashes() {
    crash(10_000).await;
}

async fn crash(times: usize) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let store = folder.path().join("conversations.db");
    let mut server = Process::start(&store).await;
    let (address, known) = watch::channel(server.address);
    let shared = Arc::new(Shared {
        server: known,
        answers: AtomicUsize::new(0),
        answered: Notify::new(),
        goes_on: AtomicBool::new(true),
    });
    let mut dialogues = JoinSet::new();
    for _ in 0..DIALOGUES {
        let shared = Arc::clone(&shared);
        dialogues.spawn(async move {
            let mut held = 0;
            while shared.goes_on.load(Ordering::Relaxed) {
                hold(&shared).await;
                held += 1;
            }
            held
        });
    }
    let seed = std::env::var("CONVERSE_SEED").ok().and_then(|seed| seed.parse().ok());
    let mut random = Random(seed.unwrap_or_else(|| u64::from(std::process::id()) | 1));
    println!("CONVERSE_SEED={}", random.0);
    for _ in 0..times {
        // Not after some time, but in the midst of something.
        let until = shared.answers.load(Ordering::Relaxed) + random.below(2 * DIALOGUES);
        while shared.answers.load(Ordering::Relaxed) < until {
            tokio::select! {
                () = shared.answered.notified() => {}
                failed = dialogues.join_next() => panic!("a dialogue has failed: {failed:?}"),
            }
        }
        server.kill().await;
        server = Process::start(&store).await;
        address.send_replace(server.address);
    }
    shared.goes_on.store(false, Ordering::Relaxed);
    let held: usize = dialogues.join_all().await.into_iter().sum();
    assert!(held >= DIALOGUES, "every client has ended its dialogue: {held}");
}

/// One dialogue, over as many connections as it takes.
async fn hold(shared: &Shared) {
    let mut client = Client::new();
    let mut server = shared.server.clone();
    loop {
        let address = *server.borrow_and_update();
        match talk(&mut client, address, shared).await {
            Ok(()) => return,
            // Another one is started, unless this one is there still.
            Err(_gone) => drop(tokio::time::timeout(Duration::from_millis(100), server.changed()).await),
        }
    }
}

async fn talk(client: &mut Client, address: SocketAddr, shared: &Shared) -> Result<(), Error> {
    let mut socket = client.connect(address).await?;
    loop {
        match client.hear(&mut socket).await? {
            Heard::Numbers(_) if !client.is_done() => {
                shared.answers.fetch_add(1, Ordering::Relaxed);
                shared.answered.notify_one();
                client.say(&mut socket).await?;
            }
            Heard::Numbers(_) => {}
            Heard::Closed(code) => {
                assert!(client.is_done() && code == 1000, "closed with {code} at {}", client.known);
                return Ok(());
            }
        }
    }
}

/// Numbers that the seed tells (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).expect("it is smaller than `most`")
    }
}
