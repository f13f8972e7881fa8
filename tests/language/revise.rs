//! `revise` asks a question again, and goes on from where it stands.

use converse::conversation;

use crate::dialogue::{Dialogue, remembered};

conversation! {
    /// A person, corrected until it is right.
    Corrected(known: Option<String>) -> String {
        on "stop" => return "stopped".to_owned();
        let name: String = ask "Name?"
            unless known.clone()
            where !name.is_empty() else "A name, please.";
        let age: u8 = ask "Age?"
            else ["A number.", "Digits."];
        loop {
            let right: String = ask "{name}, {age}?"
                on "older" => revise age;
            match right.as_str() {
                "yes" => break format!("{name} {age}"),
                "name" => {
                    revise name;
                    say "{name} it is.";
                }
                "age" => revise age,
                _ => say "?",
            }
        }
    }
}

#[test]
fn the_question_is_asked_again_with_its_clauses() {
    let mut dialogue = Dialogue::start(Corrected { known: Some("Ada".to_owned()) }, &["Age?"]);
    dialogue.reply("x", &["A number.", "Age?"]).reply("36", &["Ada, 36?"]);
    dialogue.reply("name", &["Name?"]);
    assert_eq!(dialogue.question(), "name_revised");
    dialogue.reply("", &["A name, please.", "Name?"]).reply("Grace", &["Grace it is.", "Grace, 36?"]);
    dialogue.reply("age", &["Age?"]).reply("y", &["A number.", "Age?"]).reply("y", &["Digits.", "Age?"]);
    dialogue.reply("85", &["Grace, 85?"]);
    dialogue.reply("older", &["Age?"]);
    assert_eq!(dialogue.question(), "age_revised_at_right");
    dialogue.reply("86", &["Grace, 86?"]).reply("yes", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("Grace 86"));
}

#[test]
fn what_listens_where_it_stands_listens_meanwhile() {
    let mut dialogue = Dialogue::start(Corrected { known: None }, &["Name?"]);
    dialogue.reply("Ada", &["Age?"]).reply("36", &["Ada, 36?"]).reply("name", &["Name?"]).reply("stop", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("stopped"));
}

#[test]
fn a_revised_question_remembers_what_is_needed_there() {
    let revised: Vec<String> =
        remembered::<Corrected>().into_iter().filter(|question| question.contains("revised")).collect();
    assert_eq!(
        revised,
        [
            "age_revised_at_right(name: String, age_revised_at_right_refused: u32)",
            "name_revised(age: u8)",
            "age_revised(name: String, age_revised_refused: u32)"
        ]
    );
}

conversation! {
    /// The names mean what they mean where the question stands.
    Scoped -> String {
        let limit: usize = 3;
        let word: String = ask "At most {limit}?"
            where word.len() <= limit else "Longer than {limit}.";
        let limit: usize = 100;
        loop {
            let inner: String = ask "{word} {limit}?";
            {
                let limit: usize = inner.len();
                if limit == 0 {
                    break word;
                }
                revise word;
                say "inner {limit}";
            }
        }
    }
}

#[test]
fn names_are_those_of_the_question() {
    let mut dialogue = Dialogue::start(Scoped, &["At most 3?"]);
    dialogue.reply("abc", &["abc 100?"]).reply("12", &["At most 3?"]);
    dialogue.reply("abcd", &["Longer than 3.", "At most 3?"]).reply("xy", &["inner 2", "xy 100?"]);
    dialogue.reply("", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("xy"));
}

conversation! {
    /// A question that is revised asks for another to be revised, below a handler that stands after both.
    Nested -> String {
        let first: String = ask "First?";
        let second: String = ask "Second, {first}?"
            on "first" => { revise first; retry };
        'outer: loop {
            let third: u32 = 3;
            on "stop" => break 'outer;
            let more: String = ask "{first} {second} {third}?";
            if more.is_empty() {
                return second;
            }
            loop {
                let fourth: String = more.clone();
                on "again" => { say "{fourth}"; continue };
                revise second;
                say "{fourth} {third}";
                break;
            }
        }
        format!("stopped {first} {second}")
    }
}

#[test]
fn a_revised_question_may_revise_another() {
    let mut dialogue = Dialogue::start(Nested, &["First?"]);
    dialogue.reply("a", &["Second, a?"]).reply("first", &["First?"]).reply("b", &["Second, b?"]);
    dialogue.reply("c", &["b c 3?"]).reply("x", &["Second, b?"]);
    dialogue.reply("again", &["x", "Second, b?"]).reply("first", &["First?"]);
    dialogue.reply("again", &["x", "Second, b?"]).reply("first", &["First?"]).reply("d", &["Second, d?"]);
    dialogue.reply("e", &["x 3", "d e 3?"]).reply("y", &["Second, d?"]).reply("first", &["First?"]);
    dialogue.reply("stop", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("stopped d e"));
}

conversation! {
    /// Waits only so long, also for a question that an `on` asks.
    Patient -> String {
        on silence 1min => "Still there?";
        let name: String = ask "Name?";
        {
            on "name" => revise name;
            let age: u8 = ask "Age?";
            format!("{name} {age}")
        }
    }
}

#[test]
fn what_listens_around_an_on_listens_to_what_that_revises() {
    let mut dialogue = Dialogue::start(Patient, &["Name?"]);
    dialogue.reply("Ada", &["Age?"]).reply("name", &["Name?"]);
    assert_eq!(dialogue.clock(), converse::Clock::Within(std::time::Duration::from_secs(60)));
    dialogue.silence(&["Still there?", "Name?"]).reply("Grace", &["Age?"]).reply("85", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("Grace 85"));
}
