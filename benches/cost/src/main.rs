//! Measures everything in one run, and writes it into the tables of `docs/performance.md`.

mod counters;
mod instructions;
mod rustc;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use converse_cost::forms::{FORMS, LIVE, QUESTIONS};

/// Why there is no number, in words for the person who asked for it.
type Result<T = ()> = std::result::Result<T, String>;

/// What one thing costs, and what it is measured by: the same by hand.
struct Cost {
    what: String,
    costs: f64,
    by_hand: f64,
    digits: usize,
    unit: &'static str,
    /// How often the costs by hand it may be.
    limit: f64,
}

impl Cost {
    fn counted(what: &str, (costs, by_hand): (usize, usize), unit: &'static str, limit: f64) -> Self {
        Cost { what: what.to_owned(), costs: costs as f64, by_hand: by_hand as f64, digits: 0, unit, limit }
    }

    fn row(&self) -> String {
        let Cost { what, costs, by_hand, digits, unit, limit } = self;
        let ratio = costs / by_hand;
        let kept = if ratio <= *limit { "" } else { ", exceeded" };
        format!("| {what} | {costs:.digits$}{unit} | {by_hand:.digits$}{unit} | {ratio:.2} | {limit:.2}{kept} |\n")
    }
}

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cost: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result {
    let forms = rustc::forms()?;
    let costs = [
        Cost {
            what: format!("`cargo check` of {FORMS} conversations of {QUESTIONS} questions and {LIVE} variables"),
            costs: forms.compiled,
            by_hand: forms.by_hand,
            digits: 2,
            unit: " s",
            limit: 0.5,
        },
        Cost::counted("instructions of a dialogue of five turns", instructions::dialogue()?, "", 1.1),
        Cost::counted("allocations of that dialogue", counters::allocations(), "", 1.0),
        Cost::counted("its state", counters::states(), " bytes", 1.0),
    ];
    let futures = [
        Cost::counted("a turn that awaits once", counters::awaits_once(), " bytes", 1.5),
        Cost::counted("a turn that awaits several times", counters::awaits_often(), " bytes", 1.5),
    ];
    let tables = format!(
        "{}\n{}\nThe future of a turn that awaits nothing is {} words, whatever the state: the arguments, and whether it has run.\n",
        table(["what", "compiled", "by hand"], &costs),
        table(["what is awaited in", "its future", "the state"], &futures),
        counters::ready()
    );
    println!("{tables}");
    write(&root().join("docs/performance.md"), &tables)
}

fn table(columns: [&str; 3], costs: &[Cost]) -> String {
    let head = format!("| {} | ratio | at most |\n|---|---|---|---|---|\n", columns.join(" | "));
    costs.iter().map(Cost::row).fold(head, |table, row| table + &row)
}

/// Puts the tables between the marks of a text.
fn write(file: &Path, tables: &str) -> Result {
    const MARKS: [&str; 2] = ["<!-- measured -->\n", "<!-- /measured -->"];
    let text = fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let around = text.split_once(MARKS[0]).and_then(|(before, rest)| Some((before, rest.split_once(MARKS[1])?.1)));
    let Some((before, after)) = around else { return Err(format!("{} has no place for the tables", file.display())) };
    let text = format!("{before}{}\n{tables}\n{}{after}", MARKS[0], MARKS[1]);
    fs::write(file, text).map_err(|error| format!("cannot write {}: {error}", file.display()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where cargo has put this program, for what else is to be there.
fn beside_us() -> Result<PathBuf> {
    let us = std::env::current_exe().map_err(|error| format!("this program does not know where it is: {error}"))?;
    us.parent().map(Path::to_owned).ok_or_else(|| "this program is nowhere".to_owned())
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command, without a word if it succeeds; what it says on its standard error.
fn run(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("`{name}` cannot be run: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(said) } else { Err(format!("{command:?} failed: {said}")) }
}
