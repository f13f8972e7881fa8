//! Running other programs, visibly.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{Result, root};

/// A command that runs in the repository.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// `cargo`, the one that runs us.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments);
    cargo
}

/// Shows the command, runs it, and expects it to succeed.
pub(crate) fn run(command: &mut Command) -> Result {
    let shown = show(command);
    eprintln!("\n$ {shown}");
    let status = command.status().map_err(|error| format!("`{shown}` did not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{shown}` failed: {status}")) }
}

/// Whether the command can be run and succeeds, without a word.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// Makes `directory` hold what `install` puts there for `recipe`: does nothing if that was done before, and starts
/// from nothing otherwise. The recipe is written down last, so that an installation which broke off is begun anew.
pub(crate) fn install_once(directory: &Path, recipe: &str, install: impl FnOnce() -> Result) -> Result {
    let receipt = directory.join("installed");
    if fs::read_to_string(&receipt).is_ok_and(|done| done == recipe) {
        return Ok(());
    }
    if directory.exists() {
        fs::remove_dir_all(directory).map_err(|error| format!("cannot remove {}: {error}", directory.display()))?;
    }
    fs::create_dir_all(directory).map_err(|error| format!("cannot make {}: {error}", directory.display()))?;
    install()?;
    write(&receipt, recipe)
}

pub(crate) fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

pub(crate) fn write(file: &Path, text: &str) -> Result {
    fs::write(file, text).map_err(|error| format!("cannot write {}: {error}", file.display()))
}

fn show(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut shown = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    for argument in command.get_args() {
        shown.push(' ');
        shown.push_str(&argument.to_string_lossy());
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::env::temp_dir;
    use std::process::id;

    use super::*;

    #[test]
    fn an_installation_is_done_once_and_again_when_its_recipe_changes() -> Result {
        let directory = temp_dir().join(format!("converse-xtask-{}", id()));
        let install = |recipe| {
            let mut installed = false;
            install_once(&directory, recipe, || {
                installed = true;
                write(&directory.join("thing"), recipe)
            })?;
            Ok::<_, String>(installed)
        };
        assert!(install("one")?);
        assert!(!install("one")?);
        assert!(install("two")?);
        install_once(&directory, "three", || Err("it broke off".to_owned())).unwrap_err();
        assert!(!directory.join("thing").exists(), "an old thing is no part of a new installation");
        assert!(install("three")?);
        fs::remove_dir_all(&directory).map_err(|error| error.to_string())
    }

    #[test]
    fn a_command_is_shown_as_it_is_typed() {
        assert_eq!(show(command("/usr/bin/python").args(["-m", "venv"])), "python -m venv");
    }
}
