//! Conversations as builds that were released have stored them: each has to go on.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::play::Stage;
use super::process::{Process, Stands, World};
use super::transcript;
use super::walk::Walk;
use crate::close::Close;
use crate::conversation::Conversation;
use crate::flow::Kind;
use crate::sessions::schema;
use crate::store::Schema;

/// What has the files written.
const OVERWRITE: &str = "CONVERSE_LOCK=overwrite cargo test";

/// A file: one form of a conversation, as one build has stored it at each question.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    conversation: String,
    schema: String,
    /// By the question that it waits at.
    stored: BTreeMap<String, serde_json::Value>,
}

/// Has every conversation in the files go on, or writes them.
///
/// # Errors
///
/// Why the test fails.
pub(super) fn check<C: Conversation>(
    stage: &Stage<'_, C>,
    walk: &Walk<'_>,
    folder: &Path,
    overwrites: bool,
) -> Result<(), String> {
    let name = C::FLOW.name;
    let now = schema(&C::FLOW);
    let mut is_recorded = false;
    for (file, form) in forms(folder, name)? {
        let place = file.display();
        let schema: Schema = form.schema.parse().map_err(|_| format!("{place} is of no schema"))?;
        let mut kept = form.stored.clone();
        for (question, stored) in &form.stored {
            match goes_on(stage, schema, question, stored) {
                Ok(()) => {}
                Err(_) if overwrites => drop(kept.remove(question)),
                Err(why) => {
                    return Err(format!(
                        "{place}: {name} does not go on at `{question}`: {why}\n\nWhoever waits there begins again. \
                         `#[was = \"…\"]`, `#[default(…)]` and `on outdated \"{question}\" => …` say how it is read. Or \
                         accept the loss:\n\n    {OVERWRITE}\n"
                    ));
                }
            }
        }
        if schema == now {
            is_recorded = missing::<C>(&form.stored).is_empty();
        }
        if overwrites && kept.len() < form.stored.len() {
            write(&file, &Form { stored: kept, ..form })?;
        }
    }
    if is_recorded {
        return Ok(());
    }
    if !overwrites {
        let folder = folder.display();
        return Err(format!(
            "{folder} does not have {name} as this build stores it. This records it, to be committed and released with \
             it:\n\n    {OVERWRITE}\n"
        ));
    }
    let stored = record(stage, walk)?;
    let missing = missing::<C>(&stored);
    let file = folder.join(format!("{}-{now:.8}.json", name.to_lowercase(), now = now.to_string()));
    fs::create_dir_all(folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    write(&file, &Form { conversation: name.to_owned(), schema: now.to_string(), stored })?;
    match missing[..] {
        [] => Ok(()),
        _ => Err(format!(
            "no walk through {name} has come to `{}`: name what leads there by `says(\"…\")` or `hears(\"…\")`",
            missing.join("`, `")
        )),
    }
}

/// The files of a conversation in a folder; none where there is no folder yet.
fn forms(folder: &Path, name: &str) -> Result<Vec<(PathBuf, Form)>, String> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("the folder {} cannot be read: {error}", folder.display())),
    };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let mut forms = Vec::new();
    for file in files {
        let place = file.display();
        let text = fs::read_to_string(&file).map_err(|error| format!("{place} cannot be read: {error}"))?;
        let form: Form = serde_json::from_str(&text).map_err(|error| {
            format!("{place} is broken: {error}. It is what a build has stored: take it from the last commit")
        })?;
        if form.conversation == name {
            forms.push((file, form));
        }
    }
    Ok(forms)
}

fn write(file: &Path, form: &Form) -> Result<(), String> {
    let place = file.display();
    let text = serde_json::to_string_pretty(form).map_err(|error| format!("{place} cannot be written: {error}"))?;
    fs::write(file, text + "\n").map_err(|error| format!("{place} cannot be written: {error}"))
}

/// The questions of this build at which nothing is recorded; what is asked again by a `revise` is like the question itself.
fn missing<C: Conversation>(stored: &BTreeMap<String, serde_json::Value>) -> Vec<&'static str> {
    let questions = C::FLOW.questions.iter().filter(|question| question.kind != Kind::Once);
    let names = questions.map(|question| question.name).filter(|name| !name.contains("_revised"));
    names.filter(|name| !stored.contains_key(*name)).collect()
}

/// What is stored at each question, where a walk has come there first.
fn record<C: Conversation>(
    stage: &Stage<'_, C>,
    walk: &Walk<'_>,
) -> Result<BTreeMap<String, serde_json::Value>, String> {
    let mut stored = BTreeMap::new();
    walk.each_wait(stage, &mut |process, question| {
        if !stored.contains_key(question) {
            stored.insert(question.to_owned(), process.stored()?);
        }
        Ok(())
    })?;
    Ok(stored)
}

/// Whether a client can come back to what was stored.
fn goes_on<C: Conversation>(
    stage: &Stage<'_, C>,
    schema: Schema,
    question: &str,
    stored: &serde_json::Value,
) -> Result<(), String> {
    let world = World::holding::<C>(schema, question, stored)?;
    let with = (stage.outside)();
    let mut process = Process::<C>::new(world, with());
    let (said, stands) = process.enter((stage.begin)());
    let said: Vec<String> = said.iter().map(transcript::shown).collect();
    match stands {
        _ if process.has_set_aside() => Err(format!("who comes back is told `{}`", said.join(" "))),
        Stands::Closed(close) if close.code == Close::INTERNAL => {
            Err("a turn panics, or makes what cannot be sent".into())
        }
        Stands::Endless => Err("it goes on and on by itself".into()),
        Stands::Waits | Stands::Closed(_) | Stands::Gone => Ok(()),
    }
}
