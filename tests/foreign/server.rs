//! An example's program, started as a visitor of the repository starts it, but on a port of its own.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// `ws://` and the address that it listens at.
    pub(crate) url: String,
    /// The lines that it prints.
    #[allow(dead_code, reason = "few tests look at them")]
    pub(crate) output: mpsc::Receiver<String>,
}

impl Server {
    /// Starts `program`, and returns once it listens.
    pub(crate) fn start(program: &str) -> Self {
        const PATIENCE: Duration = Duration::from_secs(30);
        let mut child = Command::new(program)
            .env("CONVERSE_ADDRESS", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{program} does not start: {error}"));
        let output = lines(child.stdout.take().expect("its standard output is a pipe"));
        let lines = lines(child.stderr.take().expect("its standard error is a pipe"));
        let mut server = Server { child, url: String::new(), output };
        let address = loop {
            let line = lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("{program} did not say within {PATIENCE:?} where it listens"));
            if let Some(address) = line.strip_prefix("listening on ") {
                break address.to_owned();
            }
        };
        server.url = format!("ws://{address}");
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Where this fails the server has ended before, and a test has failed because of it.
        let _ = self.child.kill();
        let _ = self.child.wait();
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
