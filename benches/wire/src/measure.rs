//! What is measured of one server at a time, in a process that has done nothing else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use converse_wire::client::Burst;
use converse_wire::load::{Stop, Visit, echo, echo_in_turn, open, visits};

use crate::Result;
use crate::process::Process;
use crate::servers::Kind;

/// How long a server has to put away what it needs no more: while its clients are quiet, and once they are gone.
const SETTLED: Duration = Duration::from_millis(500);
const GONE: Duration = Duration::from_secs(2);

/// What clients do.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    Echo { connections: usize, burst: usize, bytes: usize },
    Visit(Visit),
}

/// What came of it: the server's µs for each message or visit, and how long every burst took.
pub(crate) struct Taken {
    pub(crate) cpu: f64,
    pub(crate) latencies: Vec<Duration>,
}

/// Has a server work for some time.
pub(crate) async fn work(kind: &Kind, work: Work, time: Duration) -> Result<Taken> {
    let server = Process::start(kind)?;
    let until = |time| Stop::At(Instant::now() + time);
    // Long enough for what is done once, and for a cache to fill.
    let warm = time / 5;
    let said = |error| format!("{}: {error}", kind.name);
    match work {
        Work::Echo { connections, burst, bytes } => {
            let burst = Arc::new(Burst::new(&server.target, burst, bytes));
            let clients = open(server.target, connections, None).await.map_err(said)?;
            let (clients, _) = echo(clients, &burst, until(warm)).await.map_err(said)?;
            let before = server.cpu()?;
            let (_clients, latencies) = echo(clients, &burst, until(time)).await.map_err(said)?;
            Ok(Taken { cpu: (server.cpu()? - before) / (latencies.len() * burst.messages) as f64, latencies })
        }
        Work::Visit(visit) => {
            visits(server.target, visit, until(warm)).await.map_err(said)?;
            let before = server.cpu()?;
            let many = visits(server.target, visit, until(time)).await.map_err(said)?;
            Ok(Taken { cpu: (server.cpu()? - before) / many as f64, latencies: Vec::new() })
        }
    }
}

/// The memory that many quiet connections take, in KiB each: after a short message, after a long one, once all are gone.
pub(crate) async fn echo_memory(kind: &Kind, connections: usize) -> Result<[f64; 3]> {
    let server = Process::start(kind)?;
    let said = |error| format!("{}: {error}", kind.name);
    let none = server.memory()?;
    let each = |server: &Process| Ok::<_, String>((server.memory()? - none) / connections as f64);
    let clients = open(server.target, connections, None).await.map_err(said)?;
    let clients = echo_in_turn(clients, &Arc::new(Burst::new(&server.target, 1, 64))).await.map_err(said)?;
    tokio::time::sleep(SETTLED).await;
    let short = each(&server)?;
    let clients = echo_in_turn(clients, &Arc::new(Burst::new(&server.target, 1, 64 << 10))).await.map_err(said)?;
    tokio::time::sleep(SETTLED).await;
    let long = each(&server)?;
    drop(clients);
    tokio::time::sleep(GONE).await;
    Ok([short, long, each(&server)?])
}

/// The memory that many dialogues take, in KiB each: after their first answer, and once all clients are gone.
pub(crate) async fn dialogue_memory(kind: &Kind, connections: usize) -> Result<[f64; 2]> {
    let server = Process::start(kind)?;
    let none = server.memory()?;
    let clients = open(server.target, connections, Some(Visit::OneAnswer)).await;
    let clients = clients.map_err(|error| format!("{}: {error}", kind.name))?;
    tokio::time::sleep(SETTLED).await;
    let answered = server.memory()? - none;
    drop(clients);
    tokio::time::sleep(GONE).await;
    Ok([answered, server.memory()? - none].map(|kib| kib / connections as f64))
}
