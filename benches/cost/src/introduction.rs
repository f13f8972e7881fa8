//! The dialogue of the README, compiled and by hand, each driven through the same five turns.

use std::mem::replace;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use converse::{Conversation, Input, Message, Outbox, Slot, Talk, Text, conversation};

/// What is known about a visitor in the end.
#[derive(Debug, PartialEq)]
pub struct Person {
    /// Not empty.
    pub name: String,
    /// In years.
    pub age: i32,
}

conversation! {
    /// Gets to know a visitor.
    pub Introduction -> Person {
        let name: String = ask "What is your name?"
            where !name.is_empty() else "Please, insert your name!";
        let age: i32 = ask "And your age?"
            else "Please, insert an valid number";
        say "You're {name}, and you are {age} old.";
        Person { name, age }
    }
}

/// The same by hand: where it waits.
#[derive(Debug)]
pub enum ByHand {
    /// For the visitor's name.
    Name,
    /// For the visitor's age.
    Age {
        /// The answer before.
        name: String,
    },
    /// For nothing any more.
    Over,
}

impl ByHand {
    /// Asks the first question.
    pub fn start(talk: &mut Talk<'_>) -> Self {
        Self::ask_name(talk)
    }

    /// Runs from a reply to the next question or to the end.
    pub fn turn(&mut self, reply: &Message, talk: &mut Talk<'_>) -> Poll<Person> {
        let text = reply.as_text().map(str::trim);
        match replace(self, ByHand::Over) {
            ByHand::Name => {
                *self = match text {
                    Some("") => {
                        talk.say(Text::from_static("Please, insert your name!"));
                        Self::ask_name(talk)
                    }
                    Some(name) => Self::ask_age(name.to_owned(), talk),
                    None => Self::ask_name(talk),
                };
                Poll::Pending
            }
            ByHand::Age { name } => match text.and_then(|text| text.parse().ok()) {
                Some(age) => {
                    talk.say(format!("You're {name}, and you are {age} old."));
                    Poll::Ready(Person { name, age })
                }
                None => {
                    talk.say(Text::from_static("Please, insert an valid number"));
                    *self = Self::ask_age(name, talk);
                    Poll::Pending
                }
            },
            ByHand::Over => Poll::Pending,
        }
    }

    fn ask_name(talk: &mut Talk<'_>) -> Self {
        talk.say(Text::from_static("What is your name?"));
        ByHand::Name
    }

    fn ask_age(name: String, talk: &mut Talk<'_>) -> Self {
        talk.say(Text::from_static("And your age?"));
        ByHand::Age { name }
    }
}

/// No name, a name, no number, a number.
pub const REPLIES: [Message; 4] = [
    Message::Text(Text::from_static("")),
    Message::Text(Text::from_static("Ada")),
    Message::Text(Text::from_static("abc")),
    Message::Text(Text::from_static("36")),
];

/// Holds the compiled dialogue; what is known in the end, and what was said.
pub fn compiled(replies: &[Message]) -> (Option<Person>, Vec<Message>) {
    let outbox = Outbox::default();
    let mut slot = Slot::Start(Introduction);
    let mut person = turn(&mut slot, &outbox, Input::Start);
    for reply in replies {
        person = turn(&mut slot, &outbox, Input::Reply(reply.clone()));
    }
    (person, outbox.take())
}

fn turn(slot: &mut Slot<Introduction>, outbox: &Outbox, input: Input) -> Option<Person> {
    let mut talk = Talk::new(outbox, input);
    let turn = pin!(Introduction::turn(slot, &(), &mut talk));
    match turn.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Poll::Ready(person)) => Some(person),
        Poll::Ready(Poll::Pending) | Poll::Pending => None,
    }
}

/// Holds the dialogue by hand; what is known in the end, and what was said.
pub fn by_hand(replies: &[Message]) -> (Option<Person>, Vec<Message>) {
    let outbox = Outbox::default();
    let mut state = ByHand::start(&mut Talk::new(&outbox, Input::Start));
    let mut person = None;
    for reply in replies {
        let reply = reply.clone();
        let mut talk = Talk::new(&outbox, Input::Start);
        person = match state.turn(&reply, &mut talk) {
            Poll::Ready(person) => Some(person),
            Poll::Pending => None,
        };
    }
    (person, outbox.take())
}
