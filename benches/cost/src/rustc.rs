//! How long the compiler of Rust takes, in seconds of a processor's time: those of the wall depend on whatever else runs.

use std::fs;
use std::path::Path;

use converse_cost::forms;

use crate::{Result, beside_us, cargo, root, run};

/// How often each side is compiled, in turns, so that a machine that becomes slower is so to both.
const ROUNDS: usize = 5;

/// Seconds.
pub(crate) struct Seconds {
    pub(crate) compiled: f64,
    pub(crate) by_hand: f64,
}

/// What `cargo check` takes for the forms alone: all that they depend on has been checked before.
pub(crate) fn forms() -> Result<Seconds> {
    let folder = beside_us()?.join("forms");
    write(&folder.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\nexclude = [\"target\"]\n")?;
    // The versions of the repository.
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).map_err(|error| error.to_string())?;
    let (mut compiled, mut by_hand) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let seconds = (check(&folder, "compiled", &forms::compiled())?, check(&folder, "by_hand", &forms::by_hand())?);
        // The first round checks the dependencies.
        if round > 0 {
            compiled.push(seconds.0);
            by_hand.push(seconds.1);
        }
    }
    Ok(Seconds { compiled: median(compiled), by_hand: median(by_hand) })
}

/// The seconds that one of the crates takes, from nothing.
fn check(folder: &Path, name: &str, source: &str) -> Result<f64> {
    let runtime = root().join("runtime");
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\nconverse = {{ path = {runtime:?} }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n"
    );
    write(&folder.join(name).join("Cargo.toml"), &manifest)?;
    write(&folder.join(name).join("src/lib.rs"), source)?;
    let before = spent()?;
    run(cargo().args(["check", "--quiet", "--package", name]).env("CARGO_INCREMENTAL", "0").current_dir(folder))?;
    Ok(spent()? - before)
}

/// The time of a processor that the programs took which this one started.
fn spent() -> Result<f64> {
    const TICKS_A_SECOND: f64 = 100.0;
    let status = fs::read_to_string("/proc/self/stat").map_err(|_| "the time of rustc can be had on Linux alone")?;
    // The second field is this program's name, in parentheses; `cutime` is the 16th.
    let field = status.rsplit_once(')').and_then(|(_, fields)| fields.split_whitespace().nth(13));
    let ticks: f64 = field.and_then(|field| field.parse().ok()).ok_or("`cutime` is missing in /proc/self/stat")?;
    Ok(ticks / TICKS_A_SECOND)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn write(file: &Path, text: &str) -> Result {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    fs::write(file, text).map_err(|error| format!("cannot write {}: {error}", file.display()))
}
