//! The contract between a compiled conversation and whoever runs it.
//!
//! `conversation!` implements [`Conversation`]; the session that owns a socket calls [`Conversation::turn`] with an
//! [`Input`] and gets back either the output or the state to wait in. The trait knows neither sockets nor stores.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use converse_flow::Flow;

use crate::close::Close;
use crate::error::Error;
use crate::message::{IntoMessage, Message, Text};
use crate::reply::is_one_of;

/// A dialogue, compiled to a state machine. Written by `conversation!`, never by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a conversation",
    label = "not declared by `conversation!`",
    note = "what `run` holds is a conversation; a WebSocket route returns one, or a `Result` of one whose error implements \
            `IntoResponse`",
    note = "a route whose handler takes a `WebSocket` may return `converse::Result` or nothing"
)]
pub trait Conversation: Sized + Send + 'static {
    /// The value that the conversation ends with.
    type Output: Send + 'static;

    /// One variant for each place where the conversation can wait, holding exactly what is needed to go on from there.
    type State: Send + 'static;

    /// What it depends on, one field for each name in its `with (…)`; `()` where it has none. Never stored.
    type With: Send + Sync + 'static;

    /// The conversation's graph: its questions, what each remembers, and how they lead to one another.
    const FLOW: Flow;

    /// The index in [`Flow::questions`] of the question that `state` waits at.
    fn question(state: &Self::State) -> usize;

    /// Runs from where the conversation stands to the next place where it waits, or to its end.
    ///
    /// [`Poll::Pending`] says that it now waits ([`Slot::Waiting`]), or that it was closed by the flow itself
    /// ([`Slot::Over`], with the close in [`Talk::finish`]). A turn that is dropped half-way leaves [`Slot::Over`].
    fn turn(
        slot: &mut Slot<Self>,
        with: &Self::With,
        talk: &mut Talk<'_>,
    ) -> impl Future<Output = Poll<Self::Output>> + Send;
}

/// What can be had from an application's state `S`: what the conversations of its routes depend on, each through axum's
/// [`FromRef`](axum::extract::FromRef).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be had from the state `{S}` of the router",
    label = "this conversation depends on something that the state does not have",
    note = "implement axum's `FromRef<{S}>` for each type in the conversation's `with (…)`"
)]
pub trait Dependencies<S>: Sized {
    /// The dependencies, out of the state.
    fn from_state(state: &S) -> Self;
}

impl<S> Dependencies<S> for () {
    fn from_state(_: &S) -> Self {}
}

/// Those of a conversation that is run, and those of the one that runs it.
impl<S, A: Dependencies<S>, B: Dependencies<S>> Dependencies<S> for (A, B) {
    fn from_state(state: &S) -> Self {
        (A::from_state(state), B::from_state(state))
    }
}

/// Where a conversation stands between two turns.
#[derive(Debug)]
pub enum Slot<C: Conversation> {
    /// It has not said anything yet.
    Start(C),
    /// It waits for an answer.
    Waiting(C::State),
    /// It has ended, or a turn of it is under way.
    Over,
}

impl<C: Conversation> Slot<C> {
    /// Takes what is there, for the turn that is about to run.
    #[doc(hidden)]
    pub fn take(&mut self) -> Self {
        std::mem::replace(self, Slot::Over)
    }

    /// Whether it has ended.
    #[doc(hidden)]
    pub fn is_over(&self) -> bool {
        matches!(self, Slot::Over)
    }
}

/// What wakes a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Its first turn.
    Start,
    /// The client said something.
    Reply(Message),
    /// The question's `within` has passed without a reply.
    Silence,
    /// The question is to be asked again: another conversation that runs this one says so.
    Again,
}

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
}

/// How a turn ended, beside its output.
#[derive(Debug, Default)]
pub struct Finish {
    /// When the pending question's `within` runs out.
    pub clock: Clock,
    /// The flow closes the conversation with this.
    pub close: Option<Close>,
    /// Something that was said could not be written; the turn does not count.
    pub error: Option<Error>,
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
        Talk { outbox, input: Some(input), finish: Finish::default(), listening: Vec::new(), heard: None }
    }

    /// How the turn ended.
    pub fn finish(self) -> Finish {
        self.finish
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
        !self.listening.is_empty() && self.is_heard(reply)
    }

    fn is_heard(&mut self, reply: &Message) -> bool {
        let levels = self.listening.iter().enumerate().rev();
        let mut heard =
            levels.flat_map(|(level, words)| words.iter().enumerate().map(move |(n, words)| ((level, n), words)));
        self.heard = heard.find(|(_, words)| is_one_of(reply, words)).map(|(place, _)| place);
        self.heard.is_some()
    }

    /// Ends what [`listen`](Self::listen) began; which of the words were heard, if any.
    #[doc(hidden)]
    pub fn unlisten(&mut self) -> Option<usize> {
        self.listening.pop();
        let (_, words) = self.heard.take_if(|(level, _)| *level == self.listening.len())?;
        // The question that gave the reply away waits no longer, and so its clock is none of what comes now.
        self.finish.clock = Clock::default();
        Some(words)
    }

    /// How long the question that is now pending waits.
    #[doc(hidden)]
    pub fn wait(&mut self, clock: Clock) {
        self.finish.clock = clock;
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
