//! A server that can be killed.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use converse::prelude::*;
use converse::{Server, Sessions};
use converse_sqlite::Sqlite;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

#[cfg(target_os = "linux")]
use crate::ill;
use crate::{builds, points, returns};

/// Where the file is that the server keeps its conversations in.
const STORE: &str = "CONVERSE_TEST_STORE";

/// For how many seconds it waits for a store that does not answer.
pub(crate) const PATIENCE: &str = "CONVERSE_TEST_PATIENCE";

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
    let patience = std::env::var(PATIENCE).map_or(20, |seconds| seconds.parse().expect("a number"));
    let sqlite = Sqlite::open(path).expect("the file can be opened");
    let sessions = Sessions::new(sqlite).patience(Duration::from_secs(patience));
    let server = Server::bind("127.0.0.1:0").await.expect("a free port");
    println!("{ADDRESS}{}", server.local_addr());
    let router = routes![count].merge(points::prepare(&sessions)).merge(returns::prepare()).merge(builds::routes());
    #[cfg(target_os = "linux")]
    let router = router.merge(routes![ill::disk]);
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
        Process::run(Command::new(program), store, environment).await
    }

    /// Starts it where no file may grow beyond so many blocks of 512 bytes, if there is a limit, or comes to be one: to the
    /// program it is as if the disk were full.
    pub(crate) async fn start_with_little_room(
        store: &Path,
        blocks: Option<usize>,
        environment: &[(&str, &OsStr)],
    ) -> Self {
        let program = std::env::current_exe().expect("this program is a file");
        let limit = blocks.map_or(String::new(), |blocks| format!("ulimit -f {blocks};"));
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("trap '' XFSZ; {limit} exec \"$0\" \"$@\"")).arg(program);
        Process::run(shell, store, environment).await
    }

    async fn run(mut program: Command, store: &Path, environment: &[(&str, &OsStr)]) -> Self {
        let mut child = program
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
