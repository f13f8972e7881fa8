//! Rust's control flow around questions.

use converse::prelude::*;

use crate::dialogue::{Dialogue, remembered};

conversation! {
    /// `if`, `if let` and `else if` that hold questions, and the value of one.
    Branches(premium: bool, code: Option<u32>) -> String {
        if premium {
            let seat: String = ask "Which seat?";
            say "Seat {seat}.";
        } else if let Some(code) = code {
            say "Code {code}.";
        } else {
            let why: String = ask "Why not?";
            return why;
        }
        let meal: String = if premium {
            let wish: String = ask "Your meal?";
            wish
        } else {
            "bread".to_owned()
        };
        format!("{meal}!")
    }
}

#[test]
fn branches_meet_again() {
    let mut dialogue = Dialogue::start(Branches { premium: true, code: None }, &["Which seat?"]);
    dialogue.reply("7A", &["Seat 7A.", "Your meal?"]).reply("pie", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("pie!"));

    let dialogue = Dialogue::start(Branches { premium: false, code: Some(3) }, &["Code 3."]);
    assert_eq!(dialogue.output.as_deref(), Some("bread!"));

    let mut dialogue = Dialogue::start(Branches { premium: false, code: None }, &["Why not?"]);
    dialogue.reply("so", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("so"));
    assert_eq!(remembered::<Branches>(), ["seat(premium: bool)", "why()", "wish()"]);
}

enum Drink {
    Tea,
    Coffee(u8),
    Nothing,
}

conversation! {
    Choice(drink: Drink, limit: u8) -> u8 {
        let sugar: u8 = match drink {
            Drink::Tea => {
                let lumps: u8 = ask "Lumps?";
                lumps
            }
            Drink::Coffee(strength) if strength > limit => {
                say "Strong!";
                0
            }
            Drink::Coffee(strength) => {
                let strength: u8 = strength;
                let spoons: u8 = ask "Spoons, at {strength}?";
                spoons
            }
            Drink::Nothing => return 99,
        };
        sugar + 1
    }
}

#[test]
fn arms_hold_questions_guards_and_values() {
    let mut dialogue = Dialogue::start(Choice { drink: Drink::Tea, limit: 0 }, &["Lumps?"]);
    assert_eq!(dialogue.reply("2", &[]).output, Some(3));
    let dialogue = Dialogue::start(Choice { drink: Drink::Coffee(9), limit: 5 }, &["Strong!"]);
    assert_eq!(dialogue.output, Some(1));
    let mut dialogue = Dialogue::start(Choice { drink: Drink::Coffee(3), limit: 5 }, &["Spoons, at 3?"]);
    assert_eq!(dialogue.question(), "spoons");
    assert_eq!(Dialogue::start(Choice { drink: Drink::Nothing, limit: 0 }, &[]).output, Some(99));
    // Asking again needs the strength, which comes from a pattern.
    dialogue.reply("x", &["Spoons, at 3?"]).reply("4", &[]);
    assert_eq!(dialogue.output, Some(5));
}

conversation! {
    /// Loops with labels, values, `break` and `continue` at any depth.
    Shop -> Vec<String> {
        let mut basket: Vec<String> = Vec::new();
        let paid: u32 = 'order: loop {
            let item: String = ask "What else?";
            if item == "nothing" {
                if basket.is_empty() {
                    continue;
                }
                break 'order 10;
            }
            basket.push(item);
            let mut left: u8 = 2;
            while left > 0 {
                let more: bool = ask "More of it? ({left})";
                if !more {
                    continue 'order;
                }
                basket.push("again".to_owned());
                left -= 1;
            }
            let total = basket.len();
            match total {
                0..=3 => {}
                4 => say "Four!",
                _ => break 0,
            }
        };
        say "Paid {paid}.";
        basket
    }
}

#[test]
fn loops_are_left_and_gone_round_from_anywhere() {
    let mut dialogue = Dialogue::start(Shop, &["What else?"]);
    dialogue.reply("nothing", &["What else?"]);
    dialogue.reply("tea", &["More of it? (2)"]).reply("false", &["What else?"]);
    dialogue.reply("jam", &["More of it? (2)"]).reply("true", &["More of it? (1)"]).reply("false", &["What else?"]);
    dialogue.reply("nothing", &["Paid 10."]);
    assert_eq!(dialogue.output, Some(["tea", "jam", "again"].map(str::to_owned).to_vec()));
    assert_eq!(remembered::<Shop>(), ["item(basket: Vec<String>)", "more(basket: Vec<String>, left: u8)"]);

    let mut dialogue = Dialogue::start(Shop, &["What else?"]);
    dialogue.reply("tea", &["More of it? (2)"]).reply("true", &["More of it? (1)"]).reply("true", &["What else?"]);
    dialogue.reply("jam", &["More of it? (2)"]).reply("true", &["More of it? (1)"]).reply("true", &["Paid 0."]);
}

conversation! {
    /// A variable that is declared in one place and gets its value in another is not remembered before it has one.
    Deferred -> u32 {
        let total: u32;
        let first: u32 = ask "First?";
        let second: u32 = ask "Second?";
        total = first + second;
        let third: u32 = ask "Third?";
        total * third
    }
}

#[test]
fn a_variable_is_remembered_from_its_value_on() {
    let mut dialogue = Dialogue::start(Deferred, &["First?"]);
    dialogue.reply("1", &["Second?"]).reply("2", &["Third?"]).reply("5", &[]);
    assert_eq!(dialogue.output, Some(15));
    assert_eq!(remembered::<Deferred>(), ["first()", "second(first: u32)", "third(total: u32)"]);
}

conversation! {
    /// Rust without a question stays Rust, with everything that it may say or jump.
    Plain(words: Vec<String>) -> usize {
        let mut found = 0usize;
        for word in &words {
            if word.is_empty() {
                continue;
            }
            let Some(first) = word.chars().next() else { break };
            say "{first}";
            found += 1;
        }
        loop {
            let go: String = ask "Go on?";
            let count: usize = match go.parse() {
                Ok(0) => continue,
                Ok(count) => count,
                Err(_) => break,
            };
            let bonus = if count > 5 {
                say "Much!";
                2
            } else {
                1
            };
            found += count * bonus;
        }
        found
    }
}

#[test]
fn plain_rust_says_and_jumps() {
    let words = ["ab", "", "c"].map(str::to_owned).to_vec();
    let mut dialogue = Dialogue::start(Plain { words }, &["a", "c", "Go on?"]);
    dialogue.reply("0", &["Go on?"]).reply("3", &["Go on?"]).reply("6", &["Much!", "Go on?"]).reply("x", &[]);
    assert_eq!(dialogue.output, Some(17));
}
