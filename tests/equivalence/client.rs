//! A client that says something sensible, for the most part.

use crate::choices::Random;
use crate::generate::{NOTES, NUMBERS};
use crate::interpret::{Pending, interpret};
use crate::transcript::Input;
use crate::tree::{Program, Type};

/// Replies that are wrong nearly everywhere.
const WRONG: [&str; 7] = ["", "-1", "what?", "99999999999", "1,x", " ", "TRUE"];

/// A script for a conversation, made while the interpreter holds it.
pub(crate) fn script(program: &Program, random: &mut Random) -> Vec<Input> {
    let length = 3 + random.next() % 14;
    let mut script = Vec::new();
    interpret(program, &mut |pending| {
        let input = (script.len() < length as usize).then(|| input(pending, random))?;
        script.push(input.clone());
        Some(input)
    });
    script
}

fn input(pending: &Pending<'_>, random: &mut Random) -> Input {
    let mut below = |end: usize| (random.next() >> 33) as usize % end;
    if pending.has_timer && below(100) < 20 {
        return Input::Passes(below(60) as u32 + 1);
    }
    if pending.has_clock && below(100) < 20 {
        return Input::Silence;
    }
    let percent = if pending.is_hear { 50 } else { 25 };
    if !pending.hears.is_empty() && below(100) < percent {
        let is_other = below(100) < 10;
        let ty = pending.hears[below(pending.hears.len())];
        let events = if (ty == Type::Note) != is_other { NOTES } else { NUMBERS };
        return Input::Event(events[below(events.len())].clone());
    }
    Input::Reply(match below(100) {
        0..12 => WRONG[below(WRONG.len())].to_owned(),
        12..28 if !pending.words.is_empty() => {
            let word = pending.words[below(pending.words.len())];
            match below(3) {
                0 => format!(" {} ", word.to_uppercase()),
                _ => word.to_lowercase(),
            }
        }
        _ => match pending.ty {
            Type::Number if !pending.options.is_empty() && below(10) < 6 => {
                pending.options[below(pending.options.len())].to_string()
            }
            Type::Number => below(10).to_string(),
            Type::Flag => ["true", "false", " true"][below(3)].to_owned(),
            Type::Text => ["x", "yes", " ab ", "", "word"][below(5)].to_owned(),
            Type::Maybe => ["", "5", " 1 ", "  "][below(4)].to_owned(),
            Type::Numbers => ["1,2", "", "3", "1, 1,", " 2 , 5"][below(5)].to_owned(),
            // Nobody reads these.
            Type::Note | Type::Generic | Type::Stock => "hello".to_owned(),
            Type::Size => ["small", "2", "Extra-Large", "MEDIUM", "extra large", "extra_large"][below(6)].to_owned(),
        },
    })
}
