//! Corners of the language, each of which something once could have got wrong.

use converse::Clock;
use converse::prelude::*;
use serde::{Deserialize, Serialize};

use crate::dialogue::{Dialogue, remembered};

const GREETING: &str = "Hello.";

conversation! {
    /// No question at all.
    Greeting {
        say GREETING;
        say concat!("Good", " day.");
    }
}

conversation! {
    /// No end at all.
    Parrot {
        loop {
            let said: String = ask "Say something.";
            say "{said}!";
        }
    }
}

#[test]
fn a_conversation_may_have_no_question_or_no_end() {
    assert_eq!(Dialogue::start(Greeting, &["Hello.", "Good day."]).output, Some(()));
    let mut dialogue = Dialogue::start(Parrot, &["Say something."]);
    dialogue.reply("a", &["a!", "Say something."]).reply("b", &["b!", "Say something."]);
    assert_eq!(Parrot::FLOW.to_mermaid().to_string().matches("[*]").count(), 1);
}

#[derive(Clone, Serialize, Deserialize)]
enum Shape {
    Circle(u8),
    Square { side: u8 },
}

conversation! {
    /// Borrows that end before the wait, raw names, blocks and loops with values.
    Corners(shape: Shape, r#type: String, mut_list: Vec<u8>) -> String {
        match &shape {
            Shape::Circle(radius) => {
                let radius: u8 = *radius;
                let r#loop: String = ask "Circle of {radius}, {type}?";
                say "{loop} {type} {radius}";
            }
            Shape::Square { side } if *side > 3 => say "Big {side}",
            Shape::Square { .. } => {}
        }
        let chosen: u8 = 'block: {
            if let Some(first) = mut_list.first() {
                let first: u8 = *first;
                let keep: bool = ask "Keep {first}?";
                if keep {
                    break 'block first;
                }
            }
            99
        };
        let mut rest: Vec<u8> = mut_list;
        while let Some(last) = rest.pop()
            && last != chosen
        {
            let last: u8 = last;
            let name: String = ask "Name of {last}?";
            let Some(letter) = name.chars().next() else { continue };
            say "{letter}";
        }
        match shape {
            Shape::Circle(_) => r#type,
            Shape::Square { side } => format!("{side}{chosen}"),
        }
    }
}

#[test]
fn borrows_raw_names_and_values_of_blocks() {
    let start = |shape| Corners { shape, r#type: "red".to_owned(), mut_list: vec![1, 2, 3] };
    let mut dialogue = Dialogue::start(start(Shape::Circle(2)), &["Circle of 2, red?"]);
    dialogue.reply("so", &["so red 2", "Keep 1?"]).reply("true", &["Name of 3?"]);
    dialogue.reply("", &["Name of 2?"]).reply("xy", &["x"]);
    assert_eq!(dialogue.output.as_deref(), Some("red"));
    let mut dialogue = Dialogue::start(start(Shape::Square { side: 4 }), &["Big 4", "Keep 1?"]);
    dialogue.reply("false", &["Name of 3?"]).reply("a", &["a", "Name of 2?"]).reply("b", &["b", "Name of 1?"]);
    assert_eq!(dialogue.reply("c", &["c"]).output.as_deref(), Some("499"));
    let questions = remembered::<Corners>();
    assert_eq!(questions[0], "loop(shape: Shape, type: String, mut_list: Vec<u8>, radius: u8)");
}

conversation! {
    /// A jump out of a place where another variable has the name.
    Hidden(name: String) -> String {
        let again: u8 = ask "Hello {name}?";
        {
            let name: u8 = again + 1;
            if name > 9 {
                goto again
            }
            let more: u8 = ask "More than {name}?"
                else {
                    if name == 1 {
                        goto again
                    }
                    retry
                };
            if let Some(name) = more.checked_sub(5) {
                say "{name}";
                if name > 3 {
                    goto again
                }
            }
            say "{name}";
        }
        name
    }
}

#[test]
fn a_jump_takes_the_variable_that_its_target_means() {
    let mut dialogue = Dialogue::start(Hidden { name: "Ada".to_owned() }, &["Hello Ada?"]);
    dialogue.reply("9", &["Hello Ada?"]).reply("0", &["More than 1?"]).reply("x", &["Hello Ada?"]);
    dialogue.reply("3", &["More than 4?"]).reply("x", &["More than 4?"]).reply("9", &["4", "Hello Ada?"]);
    dialogue.reply("1", &["More than 2?"]).reply("6", &["1", "2"]);
    assert_eq!(dialogue.output.as_deref(), Some("Ada"));
}

/// What a literal in a clause is made of.
#[derive(PartialEq)]
struct Limit {
    most: u32,
}

conversation! {
    /// Clauses with struct literals and operators, which Rust wants in parentheses in the condition of an `if`, and a
    /// question whose name is one letter away from a keyword.
    Limited(known: Vec<u32>) -> u32 {
        let self_: u32 = ask "How many?"
            unless Limit { most: 1 }.most.checked_sub(1).and_then(|first| known.get(first as usize).copied())
            where Limit { most: self_ } != Limit { most: 3 } else "Not three."
            tries Limit { most: 1 }.most + 1 else { return 0 };
        self_
    }
}

#[test]
fn a_clause_may_hold_any_expression() {
    assert_eq!(Dialogue::start(Limited { known: vec![7] }, &[]).output, Some(7));
    let mut dialogue = Dialogue::start(Limited { known: Vec::new() }, &["How many?"]);
    dialogue.reply("3", &["Not three.", "How many?"]).reply("3", &[]);
    assert_eq!(dialogue.output, Some(0));
    let mut dialogue = Dialogue::start(Limited { known: Vec::new() }, &["How many?"]);
    assert_eq!(dialogue.reply("4", &[]).output, Some(4));
}

conversation! {
    /// A count that has the name of the answer, a problem that has the name of a parameter, and a clock of another question.
    Namesakes(count: u32, problem: u32) -> u32 {
        let mut d: u32;
        if problem > 1 {
            d = 0;
        } else {
            d = 1;
        }
        for one: u32 in [0, 1] {
            d += one;
        }
        let count: u32 = ask "Count? {d}"
            where count > 5 else "Too few."
            tries count else { return problem }
            else |problem| {
                say "{problem}";
                let more: u32 = ask "More?"
                    within 5s else { return 0 };
                say "{more}";
                wait
            };
        if count == 7 {
            goto count
        }
        count + problem
    }
}

#[test]
fn a_name_means_what_it_means_where_it_stands() {
    let mut tried = Dialogue::start(Namesakes { count: 3, problem: 9 }, &["Count? 1"]);
    tried.reply("1", &["Too few.", "Count? 1"]).reply("1", &["Too few.", "Count? 1"]).reply("1", &[]);
    assert_eq!(tried.output, Some(9));
    let mut known = Dialogue::start(Namesakes { count: 3, problem: 1 }, &["Count? 2"]);
    known.reply("x", &["invalid digit found in string", "More?"]);
    assert_eq!(known.clock(), Clock::Within(std::time::Duration::from_secs(5)));
    known.reply("4", &["4"]);
    assert_eq!(known.clock(), Clock::Unlimited, "the other question's clock is not this one's");
    known.reply("7", &["Count? 2"]).reply("8", &[]);
    assert_eq!(known.output, Some(9));
}

conversation! {
    /// What a problem hides is assigned behind it.
    Assigned -> bool {
        let mut known: bool = ask "True or false?";
        let size: u8 = ask "How many?"
            tries 2 else {
                known = false;
                let sure: bool = ask "None, {known}?";
                return known || sure;
            }
            else |known| { say "{known}"; retry };
        known && size > 0
    }
}

#[test]
fn what_a_problem_hides_is_assigned_behind_it() {
    let mut dialogue = Dialogue::start(Assigned, &["True or false?"]);
    dialogue.reply("true", &["How many?"]).reply("x", &["invalid digit found in string", "How many?"]);
    dialogue.reply("y", &["None, false?"]).reply("true", &[]);
    assert_eq!(dialogue.output, Some(true));
}

conversation! {
    /// A question asked in between has a clock of its own, also where something is done once behind it.
    Between(known: Option<u32>) -> u32 {
        let kept: u32 = ask "Kept?"
            within 9s else "Well?"
            else {
                let asked: u32 = ask "Asked?" unless known;
                let done: u32 = once asked + 1;
                say "{done}";
                wait
            };
        kept
    }
}

#[test]
fn a_clock_is_wound_back_behind_another_question_and_what_is_done_once() {
    let mut asked = Dialogue::start(Between { known: None }, &["Kept?"]);
    asked.reply("x", &["Asked?"]).reply("1", &["2"]);
    assert_eq!(asked.clock(), Clock::Within(std::time::Duration::from_secs(9)));
    asked.reply("3", &[]);
    assert_eq!(asked.output, Some(3));
    let mut known = Dialogue::start(Between { known: Some(4) }, &["Kept?"]);
    known.reply("x", &["5"]);
    assert_eq!(known.clock(), Clock::Unchanged, "nothing came in between");
}

conversation! {
    /// A question asked in between is left without an answer.
    Unanswered -> u32 {
        let kept: u32 = ask "Kept?"
            within 9s else "Well?"
            else {
                loop {
                    let asked: u32 = ask "Asked?"
                        on "no" => break;
                    say "{asked}";
                }
                wait
            };
        kept
    }
}

#[test]
fn a_clock_is_wound_back_behind_a_question_that_was_left_without_an_answer() {
    let mut dialogue = Dialogue::start(Unanswered, &["Kept?"]);
    dialogue.reply("x", &["Asked?"]).reply("no", &[]);
    assert_eq!(dialogue.clock(), Clock::Within(std::time::Duration::from_secs(9)));
}

conversation! {
    /// Jumps over nothing, in an action.
    Onwards {
        let first: String = ask "First?"
            on "on" => {
                let steps: u32 = 2;
                if steps > 1 {
                    goto second;
                }
                let second: String = ask "Second, {steps}?";
                say "{second}";
                retry
            };
        say "{first}";
    }
}

#[test]
fn a_jump_in_an_action_knows_what_has_a_value_there() {
    let mut dialogue = Dialogue::start(Onwards, &["First?"]);
    dialogue.reply("on", &["Second, 2?"]).reply("a", &["a", "First?"]).reply("b", &["b"]);
    assert!(dialogue.output.is_some());
}
