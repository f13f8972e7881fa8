//! Programs that only the system's own package manager can bring.

use std::path::Path;

use crate::Result;
use crate::run::{command, run, succeeds};

/// Makes sure that `command` works. Where it does not, Debian's packages are installed if we may, and named if not.
pub(crate) fn need(what: &str, test: &[&str], packages: &[&str]) -> Result {
    let works = || succeeds(command(test[0]).args(&test[1..]));
    if works() {
        return Ok(());
    }
    let install = format!("apt-get install --yes {}", packages.join(" "));
    let missing = format!("the tests need {what}, and `{}` does not work here", test.join(" "));
    if !Path::new("/usr/bin/apt-get").exists() {
        return Err(format!("{missing}: install it (on Debian: `{install}`)"));
    }
    if !is_root() {
        return Err(format!("{missing}: run `sudo {install}`"));
    }
    run(command("apt-get").args(["update", "--quiet"]))?;
    run(command("apt-get").args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages))?;
    if works() { Ok(()) } else { Err(format!("{missing}, not even after `{install}`")) }
}

fn is_root() -> bool {
    command("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
