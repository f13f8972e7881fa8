//! Programs from outside, run to their end.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::lines::lines;

/// A program of the Python environment that `cargo xtask test` makes.
#[allow(dead_code, reason = "some clients are of other languages")]
pub(crate) fn python(program: &str) -> Command {
    let programs = std::env::var_os("CONVERSE_PYTHON").expect("run `cargo xtask test`: it installs what this needs");
    Command::new(PathBuf::from(programs).join(program))
}

/// Runs `command`, and returns the lines that it printed. It has to succeed within `patience`, and is killed if not.
#[allow(dead_code, reason = "some tests look at each line")]
pub(crate) fn run(command: &mut Command, patience: Duration) -> Vec<String> {
    run_with(command, patience, |_| {})
}

/// As [`run`], and does something about each line while it goes on.
pub(crate) fn run_with(command: &mut Command, patience: Duration, mut about: impl FnMut(&str)) -> Vec<String> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = Running(child.unwrap_or_else(|error| panic!("{command:?} does not start: {error}")));
    let output = lines(child.0.stdout.take().expect("its standard output is a pipe"));
    let errors = lines(child.0.stderr.take().expect("its standard error is a pipe"));
    let deadline = Instant::now() + patience;
    let mut said = Vec::new();
    // The output ends when the program does.
    while let Ok(line) = output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        println!("{line}");
        about(&line);
        said.push(line);
    }
    let is_late = Instant::now() >= deadline;
    if is_late {
        drop(child.0.kill());
    }
    let status = child.0.wait().expect("it was started");
    let errors = errors.iter().collect::<Vec<_>>().join("\n");
    assert!(!is_late, "{command:?} did not end within {patience:?}\n{errors}");
    assert!(status.success(), "{command:?} failed: {status}\n{errors}");
    said
}

/// Killed when it is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Where this fails it has ended, as it should.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
