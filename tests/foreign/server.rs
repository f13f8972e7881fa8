//! An example's program, started as a visitor of the repository starts it, but on a port and in a folder of its own.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// Killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// `ws://` and the address that it listens at.
    pub(crate) url: String,
    /// The lines that it prints.
    #[allow(dead_code, reason = "few tests look at them")]
    pub(crate) output: mpsc::Receiver<String>,
    /// Where it runs, and leaves its files.
    folder: TempDir,
}

impl Server {
    /// Starts `program`, and returns once it listens.
    pub(crate) fn start(program: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the server");
        let (child, address, output) = start(program, folder.path(), "127.0.0.1:0");
        Server { child, url: format!("ws://{address}"), output, folder }
    }

    /// Kills it, and starts `program` at the same address and in the same folder.
    #[allow(dead_code, reason = "few tests do so")]
    pub(crate) fn kill_and_start(&mut self, program: &str) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it was started");
        let address = self.url.trim_start_matches("ws://");
        (self.child, _, self.output) = start(program, self.folder.path(), address);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Where this fails the server has ended before, and a test has failed because of it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The process, the address that it says it listens at, and what it prints.
fn start(program: &str, folder: &Path, address: &str) -> (Child, String, mpsc::Receiver<String>) {
    const PATIENCE: Duration = Duration::from_secs(30);
    let mut child = Command::new(program)
        .current_dir(folder)
        .env("CONVERSE_ADDRESS", address)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} does not start: {error}"));
    let output = lines(child.stdout.take().expect("its standard output is a pipe"));
    let lines = lines(child.stderr.take().expect("its standard error is a pipe"));
    loop {
        let line = lines.recv_timeout(PATIENCE);
        let line = line.unwrap_or_else(|_| panic!("{program} did not say within {PATIENCE:?} where it listens"));
        if let Some(address) = line.strip_prefix("listening on ") {
            return (child, address.to_owned(), output);
        }
    }
}

/// The lines that come from `pipe`, which is read to its end whether anybody wants them or not.
pub(crate) fn lines(pipe: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    lines
}
