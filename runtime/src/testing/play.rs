//! Plays a transcript: what is said in it, and what comes of that.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::literal;
use super::process::{Process, Stands, World};
use super::report;
use super::transcript::{self, Line};
use crate::conversation::Conversation;
use crate::message::Message;

/// What a transcript is played with.
pub(super) struct Stage<'p, C: Conversation> {
    pub(super) begin: &'p dyn Fn() -> C,
    /// What is outside of it, made anew for each time that it is played; and what it depends on of that, for each process.
    pub(super) outside: &'p dyn Fn() -> Box<dyn Fn() -> C::With>,
    /// Where the files are that it names.
    pub(super) folder: &'p Path,
    pub(super) trail: &'p Trail,
}

/// How far it has come, for whoever waits for it.
#[derive(Default)]
pub(super) struct Trail(Mutex<(u64, Vec<Line>)>);

impl Trail {
    fn note(&self, lines: &[Line]) {
        let mut trail = self.lock();
        trail.0 += 1;
        lines.clone_into(&mut trail.1);
    }

    /// A number that changes with every step.
    pub(super) fn step(&self) -> u64 {
        self.lock().0
    }

    /// What has led there.
    pub(super) fn lines(&self) -> Vec<Line> {
        self.lock().1.clone()
    }

    fn lock(&self) -> MutexGuard<'_, (u64, Vec<Line>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What happens to the conversation at one of the places where it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blow {
    /// The connection breaks.
    Cut,
    /// The process is killed.
    Kill,
}

/// How it went.
pub(super) struct Played {
    /// What was written, but for the remarks, as it came about.
    pub(super) lines: Vec<Line>,
    /// The question that it waited at, each time that it did, and the line of the transcript that led there.
    pub(super) waits: Vec<(String, usize)>,
    /// What was not said again as it should have been.
    pub(super) wrong: Option<String>,
}

impl<C: Conversation> Stage<'_, C> {
    /// Plays it; with a blow where it waits for the `at`-th time, counted from 0, if there is one.
    ///
    /// # Errors
    ///
    /// Where what is written cannot be said or sent.
    pub(super) fn play(&self, lines: &[(usize, Line)], mut blow: Option<(usize, Blow)>) -> Result<Played, String> {
        let with = (self.outside)();
        let mut player = self.enter(with());
        for (number, line) in lines {
            if let Some((_, blow)) = blow.take_if(|(at, _)| player.played.waits.len() == *at + 1) {
                player = player.struck(blow, (self.begin)(), with());
            }
            if line.is_input() && player.waits {
                self.put(&mut player, line, *number)?;
            }
        }
        if let Some((_, blow)) = blow.filter(|_| player.waits) {
            player = player.struck(blow, (self.begin)(), with());
        }
        Ok(player.played)
    }

    /// The client comes in for the first time.
    pub(super) fn enter(&self, with: C::With) -> Player<C> {
        self.trail.note(&[]);
        let mut player = Player {
            process: Process::new(World::new(), with),
            played: Played { lines: Vec::new(), waits: Vec::new(), wrong: None },
            waits: false,
            last: 0,
        };
        let came = player.process.enter((self.begin)());
        player.note(came, 0);
        player
    }

    /// Says, sends or waits what the line with this number says.
    pub(super) fn put(&self, player: &mut Player<C>, line: &Line, number: usize) -> Result<(), String> {
        player.played.lines.push(line.clone());
        self.trail.note(&player.played.lines);
        let came = self.do_it(&mut player.process, line).map_err(|error| format!("line {number}: {error}"))?;
        player.note(came, number);
        Ok(())
    }

    fn do_it(&self, process: &mut Process<C>, line: &Line) -> Result<(Vec<Message>, Stands), String> {
        Ok(match line {
            Line::Says(text) => process.say(message(self.folder, text)?),
            Line::Event(text) => match literal::read(text) {
                Ok(event) => process.send(&event),
                Err(error) => return Err(format!("`{text}` is no event of {}: {error}", C::FLOW.name)),
            },
            Line::Passes(time, _) => process.pass(*time),
            Line::Remark(_) | Line::Told(_) | Line::Ends(_) => (Vec::new(), Stands::Waits),
        })
    }
}

pub(super) struct Player<C: Conversation> {
    pub(super) process: Process<C>,
    pub(super) played: Played,
    /// Whether it waits for somebody.
    pub(super) waits: bool,
    /// How many of the words are of the last turn.
    last: usize,
}

impl<C: Conversation> Player<C> {
    /// Notes what came of the line with this number.
    fn note(&mut self, (said, stands): (Vec<Message>, Stands), number: usize) {
        self.last = said.len();
        self.played.lines.extend(said.iter().map(|message| Line::Told(transcript::shown(message))));
        self.waits = matches!(stands, Stands::Waits);
        match stands {
            Stands::Waits => self.played.waits.push((self.process.question(), number)),
            Stands::Closed(close) => self.played.lines.push(Line::Ends(transcript::ended(&close))),
            Stands::Gone => {}
            Stands::Endless => self.played.wrong = Some("it goes on and on by itself".to_owned()),
        }
    }

    /// Strikes it, and has its client come back. What was said last has to be said again.
    fn struck(mut self, blow: Blow, conversation: C, with: C::With) -> Self {
        match blow {
            Blow::Cut => self.process.cut(),
            Blow::Kill => self.process = Process::new(self.process.kill(), with),
        }
        let (said, stands) = self.process.enter(conversation);
        let again: Vec<Line> = said.iter().map(|message| Line::Told(transcript::shown(message))).collect();
        let before: Vec<&Line> = self.played.lines.iter().filter(|line| matches!(line, Line::Told(_))).collect();
        let from = before.len().checked_sub(again.len());
        let is_so = from.is_some_and(|from| before[from..].iter().copied().eq(&again));
        if !is_so || again.len() < self.last {
            self.played.wrong = Some(report::said_otherwise(&again));
        }
        self.waits = matches!(stands, Stands::Waits);
        if let Stands::Closed(close) = stands {
            self.played.lines.push(Line::Ends(transcript::ended(&close)));
        }
        self
    }
}

/// What a client says, from how it is written.
pub(super) fn message(folder: &Path, text: &str) -> Result<Message, String> {
    if text.starts_with('"') {
        return literal::read::<String>(text).map(Message::from);
    }
    if let Some(json) = text.strip_prefix("json ") {
        return Ok(json.trim().into());
    }
    let Some(binary) = text.strip_prefix("binary ").map(str::trim) else { return Ok(text.into()) };
    match binary.strip_prefix("0x") {
        Some(hex) => match data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()) {
            Ok(bytes) => Ok(bytes.into()),
            Err(error) => Err(format!("`{binary}` is no bytes: {error}")),
        },
        None => match fs::read(folder.join(binary)) {
            Ok(bytes) => Ok(bytes.into()),
            Err(error) => Err(format!("{} cannot be read: {error}", folder.join(binary).display())),
        },
    }
}

/// Lines as text.
pub(super) struct Text<'l>(pub(super) &'l [Line]);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
