//! The test of a lock: compares the file with a build or writes it, and says what there is to say.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _, stderr};
use std::path::Path;
use std::{env, fs};

use converse_flow::Flow;

use super::compare::{Comparison, Lost, compare, mistake};
use super::file::Lock;
use super::loss::Loss;

/// What has the file written.
const OVERWRITE: &str = "CONVERSE_LOCK=overwrite cargo test";

/// The test of [`lock!`](crate::lock!).
///
/// # Panics
///
/// It fails.
#[track_caller]
pub fn stored_conversations_survive(folder: &str, file: &str, flows: &[Flow]) {
    match check(Path::new(folder), file, flows, env::var_os("CONVERSE_LOCK").as_deref()) {
        // Where nobody can read it, nobody misses it. What is printed by a test that passes is not shown.
        Ok(said) => drop(stderr().write_all(said.as_bytes())),
        Err(why) => panic!("{why}"),
    }
}

/// Compares the file with these conversations, or writes it; what there is to say of that.
///
/// # Errors
///
/// Why the test fails.
pub fn check(folder: &Path, file: &str, flows: &[Flow], mode: Option<&OsStr>) -> Result<String, String> {
    let overwrites = is_overwrite(mode, file)?;
    if let Some(mistake) = mistake(flows) {
        return Err(mistake);
    }
    let path = folder.join(file);
    let before = match fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(format!("{file} cannot be read: {error}")),
    };
    let lock = before.as_deref().map_or(Ok(Lock::default()), Lock::parse).map_err(|error| broken(file, &error))?;
    let comparison = compare(lock, flows);
    if overwrites {
        let after = comparison.next.to_string();
        if before.as_ref() != Some(&after) {
            fs::write(&path, after).map_err(|error| format!("{file} cannot be written: {error}"))?;
        }
        return Ok(written(file, &comparison));
    }
    if !comparison.lost.is_empty() {
        return Err(losing(file, &comparison.lost));
    }
    match (&*comparison.unrecorded, before) {
        ([], _) => Ok(String::new()),
        (_, None) => Err(format!(
            "there is no {file} yet, which keeps the forms in which conversations are stored. This writes it; put it \
             under version control:\n\n    {OVERWRITE}\n"
        )),
        (unrecorded, Some(_)) => Err(format!(
            "{file} does not have {}. Everything that is stored survives the change; this records it, to be \
             committed and released with it:\n\n    {OVERWRITE}\n",
            as_now(unrecorded)
        )),
    }
}

/// Whether the environment has `what` written.
#[cfg(feature = "testing")]
pub(crate) fn overwrites(what: &str) -> Result<bool, String> {
    is_overwrite(env::var_os("CONVERSE_LOCK").as_deref(), what)
}

fn is_overwrite(mode: Option<&OsStr>, what: &str) -> Result<bool, String> {
    match mode {
        None => Ok(false),
        Some(mode) if mode == "overwrite" => Ok(true),
        Some(mode) => {
            let mode = mode.to_string_lossy();
            Err(format!("CONVERSE_LOCK is `{mode}`; it can be `overwrite`, which writes {what}, or not be set"))
        }
    }
}

/// What is said of a file that is none.
fn broken(file: &str, error: &serde_json::Error) -> String {
    format!(
        "{file} is broken: {error}. It is all that is known of what was released: take it from the last commit or, in a \
         merge, from the branch that releases are made of"
    )
}

/// What is said of losses that were accepted, and of what is new in the file.
fn written(file: &str, Comparison { unrecorded, lost, .. }: &Comparison<'_>) -> String {
    let mut text = String::new();
    if !unrecorded.is_empty() {
        let _ = writeln!(text, "{file} has {}.", as_now(unrecorded));
    }
    if !lost.is_empty() {
        let _ = writeln!(text, "{file} no longer has what this build cannot read. Whoever waits there begins again:\n");
        text.push_str(&lines(lost));
    }
    text
}

/// What is said of losses that were not.
fn losing(file: &str, lost: &[Lost]) -> String {
    let remedies: BTreeSet<_> = lost.iter().filter_map(|lost| remedy(&lost.loss)).collect();
    let mut text = format!("conversations that are stored as {file} has them would not survive:\n\n{}\n", lines(lost));
    text.push_str("Whoever waits there would begin again. So that they can go on:\n\n");
    for remedy in remedies {
        let _ = writeln!(text, "  - {remedy}");
    }
    let _ = write!(text, "\nOr accept the loss:\n\n    {OVERWRITE}\n");
    text
}

/// What one can do, so that nobody has to begin again.
fn remedy(loss: &Loss) -> Option<&'static str> {
    Some(match loss {
        Loss::Conversation => "where a conversation is gone, keep it and its route, and name it in `lock!`",
        Loss::Question => {
            "where a question has another name, write `#[was = \"old\"]` at it; where it is gone, write \
             `on outdated \"old\" => goto other;` or `migrate function` at the head of the body"
        }
        Loss::Variable { .. } => {
            "where a variable is new, write `#[default(value)]` at it, or give it its value after the question; where it \
             has another name, write `#[was = \"old\"]`"
        }
        Loss::Type { .. } => "where a type is another one, keep the old one, and convert the value after the question",
        Loss::Schema | Loss::Inner { .. } => return None,
    })
}

fn lines(lost: &[Lost]) -> String {
    let mut text = String::new();
    for Lost { place, loss, schemas } in lost {
        let _ = write!(text, "  {place}: {loss}");
        for (index, schema) in schemas.iter().enumerate() {
            let _ = write!(text, "{}{:.8}", if index == 0 { " (schema " } else { ", " }, schema.to_string());
        }
        text.push_str(if schemas.is_empty() { "\n" } else { ")\n" });
    }
    text
}

/// `` `A`, `B` and `C` as they are now ``
fn as_now(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last} as they are now", others.join(", ")),
        _ => format!("{} as it is now", names.concat()),
    }
}
