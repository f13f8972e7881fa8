//! An example's program, started as a visitor of the repository starts it, but on a port and in a folder of its own.

use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;

use crate::lines::lines;

/// Where a server of converse is told to listen.
const ADDRESS: &str = "CONVERSE_ADDRESS";

/// Killed when it is dropped.
pub(crate) struct Server {
    command: Command,
    process: Process,
    /// `ws://` and the address that it listens at.
    pub(crate) url: String,
    /// The lines that it prints.
    #[allow(dead_code, reason = "few tests look at them")]
    pub(crate) output: mpsc::Receiver<String>,
    /// Where it runs, and leaves its files.
    _folder: TempDir,
}

impl Server {
    /// Starts `program`, and returns once it listens.
    #[allow(dead_code, reason = "some tests have arguments for it")]
    pub(crate) fn start(program: &str) -> Self {
        Self::run(Command::new(program))
    }

    /// Runs `command`, and returns once it listens.
    pub(crate) fn run(mut command: Command) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the server");
        command.current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (process, address, output) = Process::start(command.env(ADDRESS, "127.0.0.1:0"));
        command.env(ADDRESS, &address);
        Server { command, process, url: format!("ws://{address}"), output, _folder: folder }
    }

    /// Kills it, and starts it anew, at the same address and in the same folder.
    #[allow(dead_code, reason = "few tests do so")]
    pub(crate) fn kill_and_start(&mut self) {
        self.process.kill();
        (self.process, _, self.output) = Process::start(&mut self.command);
    }
}

/// Killed when it is dropped.
struct Process(Child);

impl Process {
    /// Together with the address that it says it listens at, and the lines that it prints.
    fn start(command: &mut Command) -> (Self, String, mpsc::Receiver<String>) {
        const PATIENCE: Duration = Duration::from_secs(30);
        let child = command.spawn();
        let mut process = Process(child.unwrap_or_else(|error| panic!("{command:?} does not start: {error}")));
        let output = lines(process.0.stdout.take().expect("its standard output is a pipe"));
        let lines = lines(process.0.stderr.take().expect("its standard error is a pipe"));
        loop {
            let line = lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("{command:?} did not say within {PATIENCE:?} where it listens"));
            if let Some(address) = line.strip_prefix("listening on ") {
                return (process, address.to_owned(), output);
            }
        }
    }

    fn kill(&mut self) {
        // Where this fails the server has ended before, and a test fails because of it.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
