//! Transcripts where they are written: in the test's source, or in files.

use std::path::{Path, PathBuf};
use std::{env, fs};

use super::transcript::{self, Line};

/// Why a test fails: how the dialogue went, where that can be accepted; and what to say about it.
pub(super) type Failure = (Option<String>, String);

/// Has a transcript checked.
///
/// # Panics
///
/// If it fails, or is none. It is accepted as it went where the environment says so.
#[track_caller]
pub(super) fn text(
    place: &str,
    text: &str,
    accept: impl FnOnce(&str) -> Result<(), String>,
    checked: impl FnOnce(Vec<(usize, Line)>) -> Result<(), Failure>,
) {
    let written = transcript::read(text).unwrap_or_else(|error| panic!("{place}: {error}"));
    let Err((accepted, report)) = checked(written) else { return };
    match accepted.filter(|_| is_accepting()) {
        Some(accepted) => accept(&accepted).unwrap_or_else(|error| panic!("{place}: {error}\n\n{report}")),
        None => panic!("{place}: {report}"),
    }
}

/// Has the transcripts of a folder checked, each with the folder that it stands in.
///
/// # Panics
///
/// If one of them fails, or there is none.
#[track_caller]
pub(super) fn files(folder: &Path, mut checked: impl FnMut(&Path, Vec<(usize, Line)>) -> Result<(), Failure>) {
    let mut files = Vec::new();
    if let Err(error) = find(folder, &mut files) {
        panic!("the folder {} cannot be read: {error}", folder.display());
    }
    assert!(!files.is_empty(), "no file in {} is called `*.dialogue`", folder.display());
    files.sort();
    for file in files {
        let place = file.display().to_string();
        let read = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{place} cannot be read: {error}"));
        let accept = |accepted: &str| fs::write(&file, accepted).map_err(|error| error.to_string());
        text(&place, &read, accept, |written| checked(file.parent().unwrap_or(folder), written));
    }
}

/// What is written, but for the remarks.
pub(super) fn expected(written: &[(usize, Line)]) -> Vec<Line> {
    written.iter().map(|(_, line)| line).filter(|line| !matches!(line, Line::Remark(_))).cloned().collect()
}

/// # Panics
///
/// If the environment says something else than it can.
fn is_accepting() -> bool {
    match env::var("CONVERSE_TRANSCRIPT") {
        Err(env::VarError::NotPresent) => false,
        Ok(value) if value.is_empty() => false,
        Ok(value) if value == "overwrite" => true,
        other => panic!("CONVERSE_TRANSCRIPT is {other:?}: it can only be `overwrite`"),
    }
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "dialogue") {
            files.push(path);
        }
    }
    Ok(())
}
