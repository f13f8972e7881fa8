//! Runs a conversation by hand: replies in, words out.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use converse::{Clock, Conversation, Finish, Input, Message, Outbox, Slot, Talk};

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
        let mut dialogue = Dialogue { slot, with, finish: Finish::default(), output: None, said: Vec::new() };
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

    #[track_caller]
    fn turn(&mut self, input: Input, words: &[&str]) -> &mut Self {
        assert!(self.output.is_none(), "the conversation has ended");
        let outbox = Outbox::default();
        let mut talk = Talk::new(&outbox, input);
        let polled = {
            let mut turn = pin!(C::turn(&mut self.slot, &self.with, &mut talk));
            match turn.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(polled) => polled,
                Poll::Pending => panic!("a turn of these tests never has to wait"),
            }
        };
        self.finish = talk.finish();
        self.said = outbox.take().iter().map(ToString::to_string).collect();
        assert_eq!(self.said, words);
        if let Poll::Ready(output) = polled {
            self.output = Some(output);
        }
        self.restore();
        self
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
