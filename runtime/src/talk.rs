//! A turn's hands: what came in, what is said, and how the turn ends.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::clock;
use crate::close::Close;
use crate::conversation::Input;
use crate::error::Error;
use crate::message::{IntoMessage, Message, Text};
use crate::once::{Once, Onces};
use crate::reply::is_word_of;
use crate::timer::Timer;

/// What a turn said, in order. Shared with the session, so that words said before a slow `.await` can leave early.
#[derive(Debug, Default)]
pub struct Outbox(Mutex<Vec<Message>>);

impl Outbox {
    /// Takes what was said since the last call.
    pub fn take(&self) -> Vec<Message> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Message>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A turn's hands: what came in, what is said, and how the turn ended.
#[derive(Debug)]
pub struct Talk<'t> {
    outbox: &'t Outbox,
    input: Option<Input>,
    finish: Finish,
    /// What the conversations around this one listen for, the outermost first.
    listening: Vec<&'static [&'static [&'static str]]>,
    /// What one of them has heard: which of them, and at which of its words.
    heard: Option<(usize, usize)>,
    /// The time of this turn, where it is not the system's.
    pub(crate) now: Option<SystemTime>,
    /// Until when every timer has rung, though the state be older.
    pub(crate) rung: Option<SystemTime>,
    pub(crate) onces: Onces<'t>,
}

/// How a turn ended, beside its output.
#[derive(Debug, Default)]
pub struct Finish {
    /// When the pending question's `within` runs out.
    pub clock: Clock,
    /// The flow closes the conversation with this.
    pub close: Option<Close>,
    /// When the first of its timers rings, which is to be told by [`Input::Timer`]: every turn says so anew.
    pub alarm: Option<SystemTime>,
    /// Something that was said could not be written; the turn does not count.
    pub error: Option<Error>,
    /// Something was done `once`: the state is to be stored, and then the conversation goes on with [`Input::Stored`].
    pub stored: bool,
    /// The conversation goes back to the question before, with [`Input::Again`]: in the state that it had there, and not in
    /// the one that the turn has left, which is the question's own to be asked again where none was before it.
    pub back: bool,
    /// The question that it waited at is behind it: it goes on to another, or to the same one anew.
    pub advanced: bool,
    /// It waits for an event, and asks nothing that one could go back to.
    pub hears: bool,
    /// What came in and was for nobody: an event, which may be for a later question.
    pub left: Option<Input>,
}

/// The clock of a pending question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// The question waits as long as it takes.
    #[default]
    Unlimited,
    /// The question was asked anew and waits this long, from now.
    Within(Duration),
    /// The conversation goes on waiting: the clock that ran before the turn runs on.
    Unchanged,
}

impl<'t> Talk<'t> {
    /// A turn that is woken by `input` and speaks into `outbox`.
    pub fn new(outbox: &'t Outbox, input: Input) -> Self {
        Talk {
            outbox,
            input: Some(input),
            finish: Finish::default(),
            listening: Vec::new(),
            heard: None,
            now: None,
            rung: None,
            onces: Onces::default(),
        }
    }

    /// The same turn, at another time than the system's.
    pub fn at(mut self, now: SystemTime) -> Self {
        self.now = Some(now);
        self
    }

    /// The same turn, in a state of before: the timers that were due until then have rung since, and do not ring again.
    pub fn rung(mut self, until: SystemTime) -> Self {
        self.rung = Some(until);
        self
    }

    /// The same turn, of the conversation that is called `id` and has done `done` things `once`, for the keys of
    /// [`Once`].
    pub fn of(mut self, id: &'t (impl fmt::Display + Sync), done: u64) -> Self {
        self.onces = Onces { id, done };
        self
    }

    /// How the turn ended.
    #[inline]
    pub fn finish(self) -> Finish {
        Finish { left: self.input, ..self.finish }
    }

    /// Says something to the client, at the end of this turn.
    pub fn say(&mut self, message: impl IntoMessage) {
        match message.into_message() {
            Ok(message) => self.outbox.lock().push(message),
            Err(error) => self.finish.error = Some(error),
        }
    }

    /// Says a format string. One without arguments is neither copied nor allocated.
    #[doc(hidden)]
    pub fn say_text(&mut self, text: std::fmt::Arguments<'_>) {
        let text = match text.as_str() {
            Some(text) => Text::from_static(text),
            None => std::fmt::format(text).into(),
        };
        self.outbox.lock().push(text.into());
    }

    /// What woke this turn; only the first call gets it.
    #[doc(hidden)]
    pub fn input(&mut self) -> Input {
        self.input.take().unwrap_or(Input::Start)
    }

    /// Gives back what came in, for whoever runs this conversation.
    #[doc(hidden)]
    pub fn leave(&mut self, input: Input) {
        self.input = Some(input);
    }

    /// Has the question that is pending asked again.
    #[doc(hidden)]
    pub fn again(&mut self) {
        self.input = Some(Input::Again);
    }

    /// Listens for these words while another conversation takes its turn.
    #[doc(hidden)]
    pub fn listen(&mut self, words: &'static [&'static [&'static str]]) {
        self.listening.push(words);
    }

    /// Whether a conversation around this one listens for the reply, the innermost first. Then it is theirs.
    #[doc(hidden)]
    #[inline]
    pub fn overhears(&mut self, reply: &Message) -> bool {
        // By its text, since a reply whose address is taken is copied once more.
        !self.listening.is_empty() && reply.as_text().is_some_and(|text| self.is_heard(text))
    }

    fn is_heard(&mut self, text: &str) -> bool {
        let levels = self.listening.iter().enumerate().rev();
        let mut heard =
            levels.flat_map(|(level, words)| words.iter().enumerate().map(move |(n, words)| ((level, n), words)));
        self.heard = heard.find(|(_, words)| is_word_of(text, words)).map(|(place, _)| place);
        self.heard.is_some()
    }

    /// Ends what [`listen`](Self::listen) began; which of the words were heard, if any.
    #[doc(hidden)]
    pub fn unlisten(&mut self) -> Option<usize> {
        self.listening.pop();
        let (_, words) = self.heard.take_if(|(level, _)| *level == self.listening.len())?;
        Some(words)
    }

    /// How long the question that is now pending waits.
    #[doc(hidden)]
    pub fn wait(&mut self, clock: Clock) {
        self.finish.clock = clock;
    }

    /// How long it waits where the conversation that is run says nothing of it.
    #[doc(hidden)]
    pub fn wait_at_most(&mut self, time: Duration) {
        if self.finish.clock == Clock::Unlimited {
            self.finish.clock = Clock::Within(time);
        }
    }

    /// A timer that rings when `time` has passed.
    #[doc(hidden)]
    pub fn after(&self, time: Duration) -> Timer {
        Timer::at(self.now().checked_add(time))
    }

    /// Lets a timer ring while the conversation waits.
    #[doc(hidden)]
    pub fn set(&mut self, timer: &mut Timer) {
        if let Some(rung) = self.rung {
            timer.rings(rung);
        }
        self.finish.alarm = [self.finish.alarm, timer.due()].into_iter().flatten().min();
    }

    fn now(&self) -> SystemTime {
        self.now.unwrap_or_else(clock::now)
    }

    /// What is told to something that is done once and is called `name`.
    #[doc(hidden)]
    pub fn once(&self, name: &'static str) -> Once {
        self.onces.next(name)
    }

    /// Has what was done once stored.
    #[doc(hidden)]
    pub fn store(&mut self) {
        self.finish.stored = true;
    }

    /// Goes back to the question before.
    #[doc(hidden)]
    pub fn back(&mut self) {
        self.finish.back = true;
    }

    /// Leaves the question behind that it waited at.
    #[doc(hidden)]
    pub fn advance(&mut self) {
        self.finish.advanced = true;
    }

    /// Whether another question waits than before, or the same one anew.
    #[doc(hidden)]
    pub fn has_advanced(&self) -> bool {
        self.finish.advanced
    }

    /// Waits for an event, and asks nothing.
    #[doc(hidden)]
    pub fn hear(&mut self) {
        self.finish.hears = true;
    }

    /// Ends the conversation with a close code and a reason.
    #[doc(hidden)]
    pub fn close(&mut self, code: u16, reason: std::fmt::Arguments<'_>) {
        self.finish.close = Some(match reason.as_str() {
            Some(reason) => Close::new(code, reason),
            None => Close::new(code, std::fmt::format(reason)),
        });
    }

    /// Ends the conversation because its question's `within` has passed, and its author did not say what then.
    #[doc(hidden)]
    pub fn close_on_silence(&mut self) {
        self.finish.close = Some(Close::new(Close::SILENCE, "no answer came in time"));
    }
}
