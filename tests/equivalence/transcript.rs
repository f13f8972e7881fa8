//! What goes into a conversation and comes out of it, as the machine and the interpreter both tell it.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

/// What the server sends: a number, or something with variants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Event {
    Number(u32),
    Note(Note),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Note {
    Paid(u32),
    Left,
}

/// What a client does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Input {
    Reply(String),
    /// The server sends this.
    Event(Event),
    /// So many seconds pass, in which no question's time is over.
    Passes(u32),
    /// It says nothing until the question's time is over; passed over where no clock runs.
    Silence,
}

/// From the start or from an input to the next wait, or to the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Turn {
    pub(crate) said: Vec<String>,
    pub(crate) then: Then,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Then {
    Waits {
        question: String,
        clock: Clock,
    },
    /// With its output, as `{:?}` shows it.
    Ends(String),
    Closes(u16, String),
    /// It panicked, or could not be stored and read back.
    Fails(String),
}

/// The clock of the question that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Clock {
    None,
    /// It starts now, with so many seconds.
    Starts(u64),
    /// It was started before this turn.
    RunsOn,
}

/// A dialogue as one would write it down: the inputs, and what each turn came to.
pub(crate) struct Dialogue<'t>(pub(crate) &'t [Input], pub(crate) &'t [Turn]);

impl Display for Dialogue<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Dialogue(script, turns) = self;
        let mut script = script.iter();
        let mut clock = Clock::None;
        for (number, turn) in turns.iter().enumerate() {
            if number > 0 {
                match script.find(|input| **input != Input::Silence || clock != Clock::None) {
                    Some(Input::Reply(reply)) => writeln!(f, "  > {reply:?}")?,
                    Some(Input::Event(event)) => writeln!(f, "  * {event:?}")?,
                    Some(Input::Passes(seconds)) => writeln!(f, "  ~ {seconds}s")?,
                    Some(Input::Silence) => writeln!(f, "  > (silence)")?,
                    None => {}
                }
            }
            turn.said.iter().try_for_each(|words| writeln!(f, "  {words:?}"))?;
            match &turn.then {
                Then::Waits { question, clock: now } => {
                    clock = *now;
                    writeln!(f, "    waits at `{question}`, clock: {now:?}")?;
                }
                Then::Ends(output) => writeln!(f, "    ends with {output}")?,
                Then::Closes(code, reason) => writeln!(f, "    closes with {code}, {reason:?}")?,
                Then::Fails(why) => writeln!(f, "    FAILS: {why}")?,
            }
        }
        Ok(())
    }
}
