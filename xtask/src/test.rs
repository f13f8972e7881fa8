//! Every test.

use crate::run::{cargo, run};
use crate::{Result, node, python};

pub(crate) fn test() -> Result {
    run(&mut cargo(&["test", "--workspace"]))?;
    foreign()
}

/// The tests that cargo alone ignores: clients that nobody here wrote, from Python and Node.js.
fn foreign() -> Result {
    let python = python::environment("python", "tests/foreign/requirements.txt")?;
    let node = node::modules("node", "tests/foreign")?;
    // All of the workspace is named, so that its dependencies have the features they were just built with.
    let mut cargo = cargo(&["test", "--workspace", "--test", "dialogue", "--test", "autobahn"]);
    cargo.args(["--", "--ignored"]).env("CONVERSE_PYTHON", python).env("NODE_PATH", node);
    run(&mut cargo)
}
