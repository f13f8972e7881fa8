//! The test of a dialogue.

use std::marker::PhantomData;
use std::panic::{Location, resume_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;
use std::{env, fmt, thread};

use super::check::{self, Failure, expected};
use super::play::{Blow, Stage, Text, Trail};
use super::transcript::Line;
use super::walk::Walk;
use super::{accept, coverage, report, stored, trace};
use crate::conversation::{Conversation, Dependencies};
use crate::lock::check as lock;

/// How many walks there are.
const ROUNDS: u64 = 100;

/// How long a test waits for a turn to end, by the clock on the wall.
const PATIENCE: Duration = Duration::from_secs(20);

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
pub fn dialogue<C, M>(begin: M) -> Dialogue<C, M>
where
    C: Conversation,
    M: Fn() -> C + Send + Sync + 'static,
{
    Dialogue {
        begin: Arc::new(begin),
        with: Arc::new(|| ()),
        says: Vec::new(),
        hears: Vec::new(),
        conversation: PhantomData,
    }
}

/// Tests of a conversation: what [`dialogue`] makes.
#[must_use = "`check`, `check_files` or `walk` runs the test"]
pub struct Dialogue<C, M, F = fn()> {
    begin: Arc<M>,
    with: Arc<F>,
    says: Vec<String>,
    hears: Vec<String>,
    conversation: PhantomData<fn() -> C>,
}

impl<C: Conversation, M, F> Dialogue<C, M, F> {
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
    pub fn with<S, G: Fn() -> S + Send + Sync + 'static>(self, with: G) -> Dialogue<C, M, G> {
        let Dialogue { begin, says, hears, conversation, .. } = self;
        Dialogue { begin, with: Arc::new(with), says, hears, conversation }
    }

    /// A reply that a [walk](Self::walk) would not find by itself, such as a password.
    pub fn says(mut self, reply: impl Into<String>) -> Self {
        self.says.push(reply.into());
        self
    }

    /// An event that a [walk](Self::walk) would not find by itself, written as in a transcript: `Paid { amount: 3 }`.
    pub fn hears(mut self, event: impl Into<String>) -> Self {
        self.hears.push(event.into());
        self
    }
}

impl<C, M, S, F> Dialogue<C, M, F>
where
    C: Conversation<With: Dependencies<S>>,
    S: 'static,
    M: Fn() -> C + Send + Sync + 'static,
    F: Fn() -> S + Send + Sync + 'static,
{
    /// Plays a [transcript](crate::testing#what-a-line-says), and plays it again for each place where it waits. Files that it
    /// names are in the folder that the test runs in, which is the crate's own.
    ///
    /// With `CONVERSE_TRANSCRIPT=overwrite` in the environment it is written into the source as it went.
    ///
    /// # Panics
    ///
    /// If the dialogue goes otherwise, or what is written is no transcript.
    #[track_caller]
    pub fn check(&self, transcript: &str) {
        let at = Location::caller();
        let accept = |accepted: &str| accept::in_source(at, transcript, accepted);
        check::text(&place(at), transcript, accept, |written| self.checked(Path::new(""), written));
    }

    /// Plays a transcript that stands in the documentation of the conversation, in this file, at the lines that it has.
    #[doc(hidden)]
    #[track_caller]
    pub fn check_documented(&self, file: &str, transcript: &str) {
        let accept = |_: &str| Err(format!("{file} is not rewritten: correct the documentation by hand"));
        let above = transcript.lines().take_while(|line| line.trim().is_empty()).count();
        check::text(&format!("{file}:{}", above + 1), transcript, accept, |written| {
            self.checked(Path::new(""), written)
        });
    }

    /// Plays the transcripts in the files of a folder whose names end in `.dialogue`, the folders in it included. A path is from
    /// where the test runs, which is the crate's folder.
    ///
    /// # Panics
    ///
    /// If one of them goes otherwise, or there is none.
    #[track_caller]
    pub fn check_files(&self, folder: impl AsRef<Path>) {
        check::files(folder.as_ref(), |folder, written| self.checked(folder, written));
    }

    /// Walks through the conversation, a hundred times: replies, events and silences are drawn, each walk is played again, and
    /// some things happen to it as [`check`](Self::check) has them happen.
    ///
    /// Replies are what usual types are read from, the words of every `on "…"`, words that the conversation has said, what has
    /// led on before, and what [`says`](Self::says) names. Events are drawn from what serde reads of their type. `CONVERSE_SEED=17`
    /// in the environment begins with the walk of that number.
    ///
    /// ```
    /// use converse::prelude::*;
    /// use converse::testing::dialogue;
    ///
    /// conversation! {
    ///     /// Lets somebody in.
    ///     pub Door {
    ///         let word: String = ask "The word?" where word == "swordfish" else "No.";
    ///         let many: u8 = ask "How many are you?";
    ///         say "{word}: {}", 250 + u16::from(many);
    ///     }
    /// }
    ///
    /// dialogue(|| Door).says("swordfish").walk();
    /// ```
    ///
    /// # Panics
    ///
    /// With the shortest dialogue that was found, if a turn panics or does not end, if the conversation does not survive what
    /// happens to it, if it is not the same twice, or if no reply leads on from a question.
    #[track_caller]
    pub fn walk(&self) {
        let place = place(Location::caller());
        let seed = env::var("CONVERSE_SEED").ok().map(|seed| seed.parse());
        let seed = seed.transpose().expect("CONVERSE_SEED is a number").unwrap_or(1);
        let (says, hears) = (self.says.clone(), self.hears.clone());
        let found =
            self.run(Path::new(""), move |stage| Walk { rounds: ROUNDS, seed, says: &says, hears: &hears }.all(stage));
        if let Err(report) = found.unwrap_or_else(Err) {
            panic!("{place}: {report}");
        }
    }

    /// Has conversations go on that builds before this one have stored, as the files in a folder have them: one file for each
    /// form in which a release stored the conversation, with one state for each of its questions.
    ///
    /// `CONVERSE_LOCK=overwrite cargo test` adds the form of this build, from [walks](Self::walk), and belongs to a release as it
    /// does for [`lock!`](crate::lock!). That compares forms by their names; this reads what was stored, types of your own
    /// included.
    ///
    /// ```no_run
    /// # use converse::prelude::*;
    /// # use converse::testing::dialogue;
    /// # conversation! { pub Order { let dish: String = ask "Which dish?"; say "{dish}"; } }
    /// dialogue(|| Order).check_stored("tests/stored");
    /// ```
    ///
    /// # Panics
    ///
    /// If one of them is not gone on with, if this build's form is not among the files, or if they are broken.
    #[track_caller]
    pub fn check_stored(&self, folder: impl AsRef<Path>) {
        let place = place(Location::caller());
        let (says, hears, folder) = (self.says.clone(), self.hears.clone(), folder.as_ref().to_owned());
        let overwrites = lock::overwrites("the files").unwrap_or_else(|error| panic!("{place}: {error}"));
        let checked = self.run(Path::new(""), move |stage| {
            let walk = Walk { rounds: ROUNDS, seed: 1, says: &says, hears: &hears };
            stored::check(stage, &walk, &folder, overwrites)
        });
        if let Err(report) = checked.and_then(|checked| checked) {
            panic!("{place}: {report}");
        }
    }

    fn checked(&self, folder: &Path, written: Vec<(usize, Line)>) -> Result<(), Failure> {
        self.run(folder, move |stage| survives(stage, &written)).unwrap_or_else(|report| Err((None, report)))
    }

    /// Runs a test on a thread of its own, so that whoever calls this may have a runtime, and may stop waiting.
    ///
    /// # Errors
    ///
    /// What to say where it does not end.
    fn run<R: Send + 'static>(
        &self,
        folder: &Path,
        test: impl FnOnce(&Stage<'_, C>) -> R + Send + 'static,
    ) -> Result<R, String> {
        let (begin, with, folder) = (Arc::clone(&self.begin), Arc::clone(&self.with), folder.to_owned());
        let trail = Arc::new(Trail::default());
        let known = Arc::clone(&trail);
        let (tell, told) = channel();
        let thread = thread::spawn(move || {
            let outside = || -> Box<dyn Fn() -> C::With> {
                let state = with();
                Box::new(move || C::With::from_state(&state))
            };
            let stage = Stage { begin: &*begin, outside: &outside, folder: &folder, trail: &known };
            trace::begin();
            let result = test(&stage);
            // Nobody listens where it was given up.
            drop(tell.send((result, trace::end())));
        });
        loop {
            let step = trail.step();
            match told.recv_timeout(PATIENCE) {
                Ok((result, edges)) => {
                    coverage::note(edges);
                    return Ok(result);
                }
                Err(RecvTimeoutError::Timeout) if trail.step() == step => {
                    return Err(report::does_not_end(&trail.lines()));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => match thread.join() {
                    Err(panic) => resume_unwind(panic),
                    Ok(()) => unreachable!("it says something before it ends"),
                },
            }
        }
    }
}

/// Whether it goes as it is written, and the same whatever happens to it.
fn survives<C: Conversation>(stage: &Stage<'_, C>, written: &[(usize, Line)]) -> Result<(), Failure> {
    let wrong = |error| (None, error);
    let well = stage.play(written, None).map_err(wrong)?;
    if let Some(endless) = &well.wrong {
        return Err((None, format!("{endless}\n\n{}", Text(&well.lines))));
    }
    if let Some(difference) = report::difference(&expected(written), &well.lines) {
        let accepted = accept::merged(written, &well.lines);
        return Err((Some(accepted), report::went_otherwise(&difference)));
    }
    for (at, (question, line)) in well.waits.iter().enumerate() {
        for blow in [Blow::Cut, Blow::Kill] {
            let struck = stage.play(written, Some((at, blow))).map_err(wrong)?;
            if let Some(difference) = report::unlike(&well, &struck) {
                return Err((None, report::did_not_survive(Some(question), *line, blow, &difference)));
            }
        }
    }
    Ok(())
}

impl<C: Conversation, M, F> fmt::Debug for Dialogue<C, M, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Dialogue").field(&C::FLOW.name).finish()
    }
}

pub(super) fn place(at: &Location<'_>) -> String {
    format!("{}:{}", at.file(), at.line())
}
