//! Processes of their own.

use std::process::Command;

/// This program once more, with one of its tests that are ignored and nothing else. It prints what that prints.
pub(crate) fn itself(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program is a file"));
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    command
}
