//! What can be counted and is the same in every run: instructions, by callgrind, and calls of the system, by strace.
//!
//! A server runs twice, for few messages and for many: what it does once falls out of the difference.

use std::fs;
use std::sync::Arc;

use converse_wire::client::Burst;
use converse_wire::load::{Stop, Visit, echo, open, visits};

use crate::Result;
use crate::measure::Work;
use crate::process::Process;
use crate::servers::Kind;

/// The bursts or visits of every connection in the two runs.
const COUNTS: [usize; 2] = [5, 15];

/// A program that counts what another one does.
pub(crate) enum Counter {
    Instructions,
    Syscalls,
}

impl Counter {
    /// How many of a server's are there for each message or visit.
    pub(crate) async fn each(&self, kind: &Kind, work: Work) -> Result<f64> {
        let [few, many] = COUNTS;
        let ((less, fewer), (more, further)) = (self.run(kind, work, few).await?, self.run(kind, work, many).await?);
        Ok((more - less) / (further - fewer) as f64)
    }

    /// Everything that it did, and for how many messages or visits.
    async fn run(&self, kind: &Kind, work: Work, times: usize) -> Result<(f64, usize)> {
        let file = std::env::temp_dir().join(format!("wire-{}", std::process::id()));
        let path = file.display().to_string();
        let callgrind = format!("--callgrind-out-file={path}");
        let server = match self {
            Counter::Instructions => {
                Process::start_under(&["valgrind", "--quiet", "--tool=callgrind", &callgrind], kind)
            }
            Counter::Syscalls => Process::start_under(&["strace", "-c", "-f", "-o", &path], kind),
        }?;
        let done = match work {
            Work::Echo { connections, burst, bytes } => {
                let burst = Arc::new(Burst::new(&server.target, burst, bytes));
                let clients = open(server.target, connections, None).await;
                let echoed = match clients {
                    Ok(clients) => echo(clients, &burst, Stop::After(times)).await,
                    Err(error) => Err(error),
                };
                echoed.map(|(_, took)| took.len() * burst.messages)
            }
            Work::Visit(visit) => visits(server.target, visit, Stop::After(times)).await,
        };
        let done = done.map_err(|error| format!("{}: {error}", kind.name))?;
        // Only when it ends is written what was counted.
        drop(server);
        let said = fs::read_to_string(&file).map_err(|error| format!("nothing was counted: {error}"))?;
        fs::remove_file(&file).map_err(|error| format!("{path} cannot be removed: {error}"))?;
        let counted = match self {
            Counter::Instructions => said.lines().find_map(|line| line.strip_prefix("totals: ")?.parse().ok()),
            Counter::Syscalls => said.lines().last().and_then(|line| line.split_whitespace().nth(3)?.parse().ok()),
        };
        counted.map(|counted| (counted, done)).ok_or_else(|| format!("nothing was counted: {said}"))
    }
}

/// A message at a time, and 32.
const ONE: Work = Work::Echo { connections: 10, burst: 1, bytes: 64 };
const MANY: Work = Work::Echo { connections: 10, burst: 32, bytes: 64 };

/// What is counted of echoes: the columns of the table.
pub(crate) const COUNTED: [(&str, Counter, Work); 6] = [
    ("instructions: one at a time", Counter::Instructions, ONE),
    ("32 in flight", Counter::Instructions, MANY),
    ("16 KiB", Counter::Instructions, Work::Echo { connections: 10, burst: 1, bytes: 16 << 10 }),
    ("visit", Counter::Instructions, Work::Visit(Visit::Echo)),
    ("system calls: one at a time", Counter::Syscalls, ONE),
    ("32 in flight", Counter::Syscalls, MANY),
];

/// Of what our own server's instructions are counted for a gate, and on which route.
pub(crate) const GATED: [(&str, &str, Work); 4] = [
    ("a message", "/echo", ONE),
    ("a message of 32", "/echo", MANY),
    ("a visit", "/echo", Work::Visit(Visit::Echo)),
    ("a dialogue", "/introduce", Work::Visit(Visit::Dialogue)),
];
