//! Runs a conversation by hand: replies in, words out.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use converse::{Clock, Conversation, Event, Finish, Input, Message, Outbox, Slot, Talk};

/// A conversation under way.
pub(crate) struct Dialogue<C: Conversation> {
    slot: Slot<C>,
    with: C::With,
    /// How the last turn ended.
    pub(crate) finish: Finish,
    /// The conversation's output, once it has one.
    pub(crate) output: Option<C::Output>,
    /// What the last turn said.
    pub(crate) said: Vec<String>,
    now: SystemTime,
    /// How many things were done once.
    done: u64,
    /// Until when every timer has rung, after a step back.
    rung: Option<SystemTime>,
    /// As it would be stored, at the questions before and at this one.
    history: Vec<String>,
    /// Whether one can go back to where it is.
    asks: bool,
    here: Option<String>,
}

impl<C: Conversation> Dialogue<C> {
    /// Starts it, and checks the first words.
    #[track_caller]
    pub(crate) fn start(conversation: C, words: &[&str]) -> Self
    where
        C::With: Default,
    {
        Self::start_with(conversation, C::With::default(), words)
    }

    /// Starts one that depends on something.
    #[track_caller]
    pub(crate) fn start_with(conversation: C, with: C::With, words: &[&str]) -> Self {
        let slot = Slot::Start(conversation);
        let mut dialogue = Dialogue {
            slot,
            with,
            finish: Finish::default(),
            output: None,
            said: Vec::new(),
            now: SystemTime::UNIX_EPOCH,
            done: 0,
            rung: None,
            history: Vec::new(),
            asks: false,
            here: None,
        };
        dialogue.turn(Input::Start, words);
        dialogue
    }

    /// Replies, and checks what is said then.
    #[track_caller]
    pub(crate) fn reply(&mut self, reply: impl Into<Message>, words: &[&str]) -> &mut Self {
        self.turn(Input::Reply(reply.into()), words)
    }

    /// Lets the question's time pass, and checks what is said then.
    #[track_caller]
    pub(crate) fn silence(&mut self, words: &[&str]) -> &mut Self {
        self.turn(Input::Silence, words)
    }

    /// Sends an event, and checks what is said then.
    #[track_caller]
    pub(crate) fn event(&mut self, event: C::Event, words: &[&str]) -> &mut Self {
        self.turn(Input::Event(Event::new(event)), words)
    }

    /// Lets time pass. If a timer rings then, checks what is said.
    #[track_caller]
    pub(crate) fn pass(&mut self, time: Duration, words: &[&str]) -> &mut Self {
        self.now += time;
        match self.finish.alarm {
            Some(alarm) if alarm <= self.now => self.turn(Input::Timer(alarm), words),
            _ => {
                assert!(words.is_empty(), "no timer rings: {words:?}");
                self
            }
        }
    }

    #[track_caller]
    fn turn(&mut self, input: Input, words: &[&str]) -> &mut Self {
        let mut said = Vec::new();
        let mut next = Some(input);
        while let Some(input) = next.take() {
            self.step(input);
            said.append(&mut self.said);
            let waits = matches!(self.slot, Slot::Waiting(_));
            if self.finish.back {
                if let Some(before) = self.history.pop() {
                    let rung = self.finish.alarm.map_or(self.now, |next| self.now.min(next - Duration::from_nanos(1)));
                    self.slot = Slot::Waiting(serde_json::from_str(&before).expect("it was stored"));
                    (self.here, self.asks, self.rung) = (Some(before), true, Some(rung));
                }
                next = Some(Input::Again);
            } else if self.finish.stored {
                self.done += 1;
                self.history.clear();
                self.here = None;
                next = Some(Input::Stored);
            } else if waits && C::BACK {
                let before = self.here.replace(serde_json::to_string(&self.slot).expect("it can be stored"));
                self.history.extend(before.filter(|_| self.finish.advanced && self.asks));
                self.asks = !self.finish.hears;
            }
            self.restore();
        }
        assert_eq!(said, words);
        self.said = said;
        self
    }

    #[track_caller]
    fn step(&mut self, input: Input) {
        assert!(self.output.is_none(), "the conversation has ended");
        let outbox = Outbox::default();
        let mut talk = Talk::new(&outbox, input).at(self.now).of(&"test", self.done);
        if let Some(rung) = self.rung.take() {
            talk = talk.rung(rung);
        }
        let polled = {
            let mut turn = pin!(C::turn(&mut self.slot, &self.with, &mut talk));
            match turn.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(polled) => polled,
                Poll::Pending => panic!("a turn of these tests never has to wait"),
            }
        };
        self.finish = talk.finish();
        self.said = outbox.take().iter().map(ToString::to_string).collect();
        if let Poll::Ready(output) = polled {
            self.output = Some(output);
        }
    }

    /// Goes on from what a store would hold, so that every dialogue here shows that nothing is forgotten.
    #[track_caller]
    fn restore(&mut self) {
        let Slot::Waiting(state) = &self.slot else { return };
        match serde_json::to_string(state) {
            Ok(stored) => self.slot = Slot::Waiting(serde_json::from_str(&stored).expect("it was stored")),
            Err(error) => assert!(error.to_string().contains("`Secret`"), "{error}"),
        }
    }

    /// The state that it waits in.
    #[track_caller]
    pub(crate) fn state(&self) -> &C::State {
        match &self.slot {
            Slot::Waiting(state) => state,
            _ => panic!("the conversation does not wait"),
        }
    }

    /// The name of the question that it waits at.
    #[track_caller]
    pub(crate) fn question(&self) -> &'static str {
        C::FLOW.questions[C::question(self.state())].name
    }

    pub(crate) fn clock(&self) -> Clock {
        self.finish.clock
    }
}

/// `["question(field: type, …)", …]`: exactly what a conversation remembers.
pub(crate) fn remembered<C: Conversation>() -> Vec<String> {
    let questions = C::FLOW.questions.iter().map(|question| {
        let fields: Vec<String> =
            question.remembers.iter().map(|field| format!("{}: {}", field.name, field.ty)).collect();
        format!("{}({})", question.name, fields.join(", "))
    });
    questions.collect()
}
