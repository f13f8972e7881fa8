//! A server that can be killed.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use converse::prelude::*;
use converse::{Server, Sessions};
use converse_sqlite::Sqlite;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::points;

/// Where the file is that the server keeps its conversations in.
const STORE: &str = "CONVERSE_TEST_STORE";

/// How many numbers a conversation hears.
pub(crate) const NUMBERS: usize = 20;

conversation! {
    /// Says which numbers it has heard so far.
    Count {
        let mut heard: Vec<u32> = Vec::new();
        while heard.len() < NUMBERS {
            let number: u32 = ask "{heard:?}";
            heard.push(number);
        }
        say "{heard:?}";
    }
}

#[ws_route("/count")]
async fn count() -> Count {
    Count
}

/// What the other process does.
#[tokio::test]
#[ignore = "a server for the other tests, which runs until it is killed"]
async fn serve() {
    let Some(path) = std::env::var_os(STORE) else { return };
    let sessions = Sessions::new(Sqlite::open(path).expect("the file can be opened"));
    let server = Server::bind("127.0.0.1:0").await.expect("a free port");
    println!("{ADDRESS}{}", server.local_addr());
    let router = routes![count].merge(points::prepare(&sessions));
    server.serve(router.layer(sessions)).await.expect("it serves");
}

const ADDRESS: &str = "the server listens on ";

/// A process that serves.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    pub(crate) async fn start(store: &Path) -> Self {
        Process::start_with(store, &[]).await
    }

    /// Starts it with more in its environment.
    pub(crate) async fn start_with(store: &Path, environment: &[(&str, &OsStr)]) -> Self {
        let program = std::env::current_exe().expect("this program is a file");
        let mut child = Command::new(program)
            .args(["--exact", "server::serve", "--ignored", "--nocapture"])
            .env(STORE, store)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("this program runs");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let address = loop {
            let line = lines.next_line().await.expect("it can be read").expect("the server starts");
            // The name of the test may stand before it.
            if let Some((_, address)) = line.split_once(ADDRESS) {
                break address.parse().expect("an address");
            }
        };
        Process { child, address }
    }

    /// Ends it at once, whatever it is doing.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("it runs");
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn has_died(&mut self) {
        self.child.wait().await.expect("it can be waited for");
    }

    /// Stops it half-way; it does not notice.
    pub(crate) fn pause(&self) {
        self.signal(Signal::SIGSTOP);
    }

    pub(crate) fn resume(&self) {
        self.signal(Signal::SIGCONT);
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id().expect("it runs")).expect("a process has a small number");
        kill(Pid::from_raw(pid), signal).expect("it is ours");
    }
}
