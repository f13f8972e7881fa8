//! The repository's own commands.
//!
//! ```text
//! cargo xtask test    every test, with what they need installed into target/ where it is missing
//! cargo xtask check   formatting, lints, documentation, dependencies
//! ```

mod check;
mod node;
mod python;
mod run;
mod system;
mod test;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test    runs every test, and installs what they need into target/ where it is missing
  check   formatting, lints, documentation, and the rules for dependencies";

/// Why a command stopped, in words for the person who typed it.
type Result<T = ()> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match *arguments {
        ["test"] => test::test(),
        ["check"] => check::check(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Where the tools are installed that only tests and checks need: wherever cargo has put this program, so that the
/// next `cargo clean` takes them along.
fn tools() -> Result<PathBuf> {
    let xtask = env::current_exe().map_err(|error| format!("this program does not know where it is: {error}"))?;
    let target = xtask.ancestors().nth(2).ok_or("this program is not in a target directory")?;
    Ok(target.join("tools"))
}
