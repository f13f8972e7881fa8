//! Every test.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{cargo, run};
use crate::{Result, node, python, system};

/// Runs every test, those first that cargo alone ignores: clients that nobody here wrote, and what valgrind counts.
pub(crate) fn test() -> Result {
    let foreign = Foreign::install()?;
    system::need("Chromium", &["/usr/bin/chromium", "--version"], &["chromium"])?;
    system::need("valgrind", &["valgrind", "--version"], &["valgrind", "libc6-dbg"])?;
    // By name, and not by `--test`: that would build all dependencies once more, with the features that few tests need.
    run(foreign.tell(&mut cargo(&["test", "--workspace", "--tests", "--", "--ignored", "foreign::", "valgrind::"])))?;
    run(&mut cargo(&["test", "--workspace", "--no-fail-fast"]))?;
    // A workspace of its own, since what exports to Prometheus brings other versions of crates that are here.
    let watched = ["--manifest-path", "examples/watched/Cargo.toml", "--target-dir", "target/watched", "--locked"];
    run(cargo(&["test"]).args(watched))
}

/// Where the clients are.
struct Foreign {
    python: PathBuf,
    node: PathBuf,
}

impl Foreign {
    fn install() -> Result<Self> {
        Ok(Foreign {
            python: python::environment("python", "tests/foreign/requirements.txt")?,
            node: node::modules("node", "tests/foreign")?,
        })
    }

    fn tell<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("CONVERSE_PYTHON", &self.python).env("NODE_PATH", &self.node)
    }
}
