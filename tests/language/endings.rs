//! How a conversation ends: a value, `return`, `?`; and what its own `.await`s do.

use converse::prelude::*;

use crate::dialogue::Dialogue;

#[derive(Debug, PartialEq)]
pub(crate) struct Refused(String);

impl From<std::num::ParseIntError> for Refused {
    fn from(error: std::num::ParseIntError) -> Self {
        Refused(error.to_string())
    }
}

type Outcome<T> = Result<T, Refused>;

conversation! {
    /// `?` works as in any function, behind an alias too.
    Failing(start: String) -> Outcome<u32> {
        let start: u32 = start.parse::<u32>()?;
        let text: String = ask "Number?";
        if text == "none" {
            return Err(Refused("none".to_owned()));
        }
        let number = text.parse::<u32>()?;
        Ok(start + number)
    }
}

#[test]
fn question_marks_convert_and_leave() {
    let start = |start: &str| Failing { start: start.to_owned() };
    assert_eq!(Dialogue::start(start("x"), &[]).output, Some(Err(Refused("invalid digit found in string".to_owned()))));
    let mut dialogue = Dialogue::start(start("1"), &["Number?"]);
    assert_eq!(dialogue.reply("41", &[]).output, Some(Ok(42)));
    let mut dialogue = Dialogue::start(start("1"), &["Number?"]);
    assert_eq!(dialogue.reply("none", &[]).output, Some(Err(Refused("none".to_owned()))));
    let mut dialogue = Dialogue::start(start("1"), &["Number?"]);
    assert!(dialogue.reply("?", &[]).output.as_ref().is_some_and(Result::is_err));
}

conversation! {
    Optional -> Option<char> {
        let text: String = ask "Text?";
        let first = text.chars().next()?;
        if first == '-' {
            return None;
        }
        Some(first)
    }
}

#[test]
fn question_marks_work_on_options() {
    for (reply, output) in [("", None), ("-", None), ("xy", Some('x'))] {
        let mut dialogue = Dialogue::start(Optional, &["Text?"]);
        assert_eq!(dialogue.reply(reply, &[]).output, Some(output));
    }
}

async fn double(n: u32) -> u32 {
    std::future::ready(n * 2).await
}

conversation! {
    Awaiting(seed: u32) -> u32 {
        let seed: u32 = double(seed).await;
        say "{}", double(seed).await;
        let n: u32 = ask "Number?"
            where double(n).await > seed else "More than half of {seed}";
        if n > 100 {
            let sure: bool = ask "Sure?";
            if !sure {
                return double(0).await;
            }
        }
        double(n).await + seed
    }
}

#[test]
fn a_conversation_may_await() {
    let mut dialogue = Dialogue::start(Awaiting { seed: 5 }, &["20", "Number?"]);
    dialogue.reply("5", &["More than half of 10", "Number?"]).reply("6", &[]);
    assert_eq!(dialogue.output, Some(22));
    let mut dialogue = Dialogue::start(Awaiting { seed: 5 }, &["20", "Number?"]);
    dialogue.reply("101", &["Sure?"]).reply("false", &[]);
    assert_eq!(dialogue.output, Some(0));
}
