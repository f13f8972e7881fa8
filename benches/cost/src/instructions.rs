//! Instructions, counted by callgrind: the same in every run of the same program, on whatever machine.

use crate::{Result, beside_us, cargo, root, run};

/// How many dialogues the two runs hold whose difference is counted. What else a program does falls out of it.
const COUNTS: [usize; 2] = [1_000, 3_000];

/// The instructions of a dialogue: compiled, by hand.
pub(crate) fn dialogue() -> Result<(usize, usize)> {
    let arguments = ["build", "--quiet", "--release", "--package", "converse-cost", "--bin", "dialogues"];
    run(cargo().args(arguments).current_dir(root()))?;
    Ok((each("compiled")?, each("by-hand")?))
}

fn each(side: &str) -> Result<usize> {
    let [few, many] = COUNTS;
    Ok((of(side, many)? - of(side, few)?) / (many - few))
}

fn of(side: &str, count: usize) -> Result<usize> {
    let mut valgrind = std::process::Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    valgrind.arg(beside_us()?.join("dialogues")).args([side, &count.to_string()]);
    let said = run(&mut valgrind).map_err(|error| {
        format!("{error}\nInstructions are counted by valgrind: install it, by `apt install valgrind` for example.")
    })?;
    let collected = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    collected.ok_or_else(|| format!("valgrind counts nothing: {said}"))
}
