//! The test of a dialogue.

use std::marker::PhantomData;
use std::panic::{Location, resume_unwind};
use std::path::{Path, PathBuf};
use std::{env, fs, thread};

use super::accept;
use super::play::{Blow, Stage};
use super::report;
use super::transcript::{self, Line};
use crate::conversation::{Conversation, Dependencies};

/// Tests of the conversation that `begin` makes, as a route's handler does.
///
/// ```
/// use converse::prelude::*;
/// use converse::testing::dialogue;
///
/// conversation! {
///     /// Takes an order.
///     pub Order(table: u8) {
///         let dish: String = ask "Which dish?";
///         say "{dish} for table {table}.";
///     }
/// }
///
/// dialogue(|| Order { table: 4 }).check(
///     "
///     < Which dish?
///     > Soup
///     < Soup for table 4.
///     ! end
///     ",
/// );
/// ```
pub fn dialogue<C: Conversation, M: Fn() -> C + Sync>(begin: M) -> Dialogue<C, M> {
    Dialogue { begin, with: || (), conversation: PhantomData }
}

/// Tests of a conversation: what [`dialogue`] makes.
#[derive(Debug)]
#[must_use = "`check` or `check_files` runs the test"]
pub struct Dialogue<C, M, F = fn()> {
    begin: M,
    with: F,
    conversation: PhantomData<fn() -> C>,
}

impl<C: Conversation, M: Fn() -> C + Sync> Dialogue<C, M> {
    /// What it depends on by its `with (…)`: a router's state that it is taken from, made anew each time that the dialogue is
    /// played.
    ///
    /// ```
    /// use converse::prelude::*;
    /// use converse::testing::dialogue;
    ///
    /// #[derive(Clone)]
    /// pub struct Kitchen { open: bool }
    ///
    /// conversation! {
    ///     /// Takes an order.
    ///     pub Order with (kitchen: Kitchen) {
    ///         if !kitchen.open { close 4001, "closed" }
    ///         let dish: String = ask "Which dish?";
    ///         say "{dish}, at once.";
    ///     }
    /// }
    ///
    /// dialogue(|| Order).with(|| Kitchen { open: false }).check("! 4001 closed");
    /// ```
    pub fn with<S, F: Fn() -> S + Sync>(self, with: F) -> Dialogue<C, M, F> {
        Dialogue { begin: self.begin, with, conversation: PhantomData }
    }
}

impl<C, M, S, F> Dialogue<C, M, F>
where
    C: Conversation<With: Dependencies<S>>,
    M: Fn() -> C + Sync,
    F: Fn() -> S + Sync,
{
    /// Plays a [transcript](self#what-a-line-says), and plays it again for each place where it waits. Files that it names are in the
    /// folder that the test runs in, which is the crate's own.
    ///
    /// With `CONVERSE_TRANSCRIPT=overwrite` in the environment it is written into the source as it went.
    ///
    /// # Panics
    ///
    /// If the dialogue goes otherwise, or what is written is no transcript.
    #[track_caller]
    pub fn check(&self, transcript: &str) {
        let at = Location::caller();
        let place = format!("{}:{}", at.file(), at.line());
        self.run(&place, transcript, Path::new(""), |accepted| accept::in_source(at, transcript, accepted));
    }

    /// Plays the transcripts in the files of a folder whose names end in `.dialogue`, the folders in it included. A path is from
    /// where the test runs, which is the crate's folder.
    ///
    /// # Panics
    ///
    /// If one of them goes otherwise, or there is none.
    #[track_caller]
    pub fn check_files(&self, folder: impl AsRef<Path>) {
        let folder = folder.as_ref();
        let mut files = Vec::new();
        if let Err(error) = find(folder, &mut files) {
            panic!("the folder {} cannot be read: {error}", folder.display());
        }
        assert!(!files.is_empty(), "no file in {} is called `*.dialogue`", folder.display());
        files.sort();
        for file in files {
            let place = file.display().to_string();
            let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{place} cannot be read: {error}"));
            let beside = file.parent().unwrap_or(folder);
            self.run(&place, &text, beside, |accepted| fs::write(&file, accepted).map_err(|error| error.to_string()));
        }
    }

    #[track_caller]
    fn run(&self, place: &str, text: &str, folder: &Path, accept: impl FnOnce(&str) -> Result<(), String>) {
        // On a thread of its own, so that a test may have a runtime of its own, too.
        let tried = thread::scope(|scope| scope.spawn(|| self.try_it(place, text, folder)).join());
        let (otherwise, report) = match tried {
            Ok(Ok(())) => return,
            Ok(Err(failure)) => failure,
            Err(panic) => resume_unwind(panic),
        };
        match otherwise.filter(|_| is_accepting()) {
            Some(accepted) => accept(&accepted).unwrap_or_else(|error| panic!("{place}: {error}\n\n{report}")),
            None => panic!("{report}"),
        }
    }

    /// # Errors
    ///
    /// What to say about it; and where it can be accepted, how it went.
    fn try_it(&self, place: &str, text: &str, folder: &Path) -> Result<(), (Option<String>, String)> {
        let wrong = |error| (None, format!("{place}: {error}"));
        let written = transcript::read(text).map_err(wrong)?;
        let stage = Stage { begin: &self.begin, with: &self.with, folder };
        let well = stage.play(&written, None).map_err(wrong)?;
        let expected: Vec<Line> =
            written.iter().map(|(_, line)| line).filter(|line| !matches!(line, Line::Remark(_))).cloned().collect();
        if let Some(difference) = report::difference(&expected, &well.lines) {
            let accepted = accept::merged(&written, &well.lines);
            return Err((Some(accepted), report::went_otherwise(place, &difference)));
        }
        for (at, wait) in well.waits.iter().enumerate() {
            for blow in [Blow::Cut, Blow::Kill] {
                let struck = stage.play(&written, Some((at, blow))).map_err(wrong)?;
                if let Some(difference) = report::unlike(&well, &struck) {
                    return Err((None, report::did_not_survive(place, wait, blow, &difference)));
                }
            }
        }
        Ok(())
    }
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
