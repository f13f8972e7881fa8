//! `back` takes a conversation to the question before, as it was then.

use std::time::Duration;

use converse::conversation;

use crate::dialogue::Dialogue;

conversation! {
    /// Two questions of its own.
    Inner -> u32 {
        let one: u32 = ask "One?"
            on "inner" => back;
        let two: u32 = ask "Two?";
        one + two
    }
}

conversation! {
    /// Goes back from anywhere.
    Steps -> String {
        on "back" => back;
        let mut tries: u32 = 0;
        let name: String = ask "Name?";
        tries += 1;
        let age: u8 = ask "Age, {name}? ({tries})"
            else "A number."
            where age > 0 else {
                if tries > 0 {
                    back
                }
                retry
            };
        let sum: u32 = run Inner;
        let done: bool = once true;
        let more: String = ask "More, {name} of {age}, {sum}, {done}?";
        more
    }
}

#[test]
fn it_is_as_it_was_when_that_was_asked() {
    let mut dialogue = Dialogue::start(Steps, &["Name?"]);
    dialogue.reply("back", &["Name?"]);
    dialogue.reply("Ada", &["Age, Ada? (1)"]);
    dialogue.reply("x", &["A number.", "Age, Ada? (1)"]);
    dialogue.reply("back", &["Name?"]);
    dialogue.reply("Grace", &["Age, Grace? (1)"]);
    dialogue.reply("0", &["Name?"]);
    dialogue.reply("Grace", &["Age, Grace? (1)"]);
    dialogue.reply("85", &["One?"]);
    dialogue.reply("1", &["Two?"]);
    dialogue.reply("BACK", &["One?"]);
    dialogue.reply("inner", &["Age, Grace? (1)"]);
    dialogue.reply("86", &["One?"]);
    dialogue.reply("2", &["Two?"]);
    dialogue.reply("3", &["More, Grace of 86, 5, true?"]);
    // What was done once is a point of no return.
    dialogue.reply("back", &["More, Grace of 86, 5, true?"]);
    dialogue.reply("no", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("no"));
}

conversation! {
    /// Asks the same question again and again.
    Rounds -> u32 {
        let mut sum: u32 = 0;
        loop {
            let number: u32 = ask "Number? ({sum})"
                on "undo" => back;
            if number == 0 {
                break sum;
            }
            sum += number;
        }
    }
}

#[test]
fn each_time_a_question_is_asked_is_a_question_before() {
    let mut dialogue = Dialogue::start(Rounds, &["Number? (0)"]);
    dialogue.reply("1", &["Number? (1)"]).reply("2", &["Number? (3)"]).reply("4", &["Number? (7)"]);
    dialogue.reply("undo", &["Number? (3)"]).reply("undo", &["Number? (1)"]).reply("8", &["Number? (9)"]);
    dialogue.reply("undo", &["Number? (1)"]).reply("undo", &["Number? (0)"]).reply("undo", &["Number? (0)"]);
    dialogue.reply("0", &[]);
    assert_eq!(dialogue.output, Some(0));
}

conversation! {
    /// Has a timer that rings before it goes back.
    Reminded -> String {
        on after 1min => { say "A minute."; wait }
        on after 2min => { say "Two minutes."; wait }
        let one: String = ask "One?";
        let two: String = ask "Two?"
            on "back" => back;
        one + &two
    }
}

#[test]
fn a_timer_that_has_rung_does_not_ring_again() {
    let mut dialogue = Dialogue::start(Reminded, &["One?"]);
    dialogue.reply("a", &["Two?"]);
    dialogue.pass(Duration::from_secs(60), &["A minute."]).reply("back", &["One?"]);
    dialogue.pass(Duration::from_secs(1), &[]).reply("b", &["Two?"]);
    dialogue.pass(Duration::from_secs(59), &["Two minutes."]).reply("c", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("bc"));
}

conversation! {
    /// Has a timer that goes back, and one that is due after it.
    Hurried {
        on after 7s => { say "Seven seconds."; wait }
        on after 5s => back;
        let one: String = ask "One?";
        let two: String = ask "Two?";
        say "{one}{two}";
    }
}

#[test]
fn a_timer_that_has_not_rung_yet_still_does() {
    let mut dialogue = Dialogue::start(Hurried, &["One?"]);
    dialogue.reply("a", &["Two?"]);
    // Both are due, and ring in the order in which they were.
    dialogue.pass(Duration::from_secs(9), &["One?"]).pass(Duration::ZERO, &["Seven seconds."]);
    dialogue.reply("b", &["Two?"]).reply("c", &["bc"]);
}

conversation! {
    /// A question in the clause of another, and one that is asked again there.
    Aside -> String {
        let first: String = ask "First?"
            on "back" => back;
        let second: String = ask "Second?"
            on "first" => revise first
            on "why" => {
                let why: String = ask "Why {first}?"
                    on "back" => back;
                say "{why}";
                retry
            };
        second
    }
}

#[test]
fn a_question_in_the_clause_of_another_comes_after_that() {
    let mut dialogue = Dialogue::start(Aside, &["First?"]);
    dialogue.reply("a", &["Second?"]).reply("why", &["Why a?"]).reply("back", &["Second?"]);
    dialogue.reply("first", &["First?"]).reply("back", &["Second?"]);
    dialogue.reply("first", &["First?"]).reply("b", &["Second?"]).reply("why", &["Why b?"]);
    dialogue.reply("so", &["so", "Second?"]).reply("done", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("done"));
}

conversation! {
    /// Leaves questions without an answer, and waits for an event between two.
    Skips hears u32 -> String {
        on "back" => back;
        loop {
            let first: String = ask "First?"
                on "skip" => break;
            say "{first}";
        }
        let second: String = ask "Second?"
            on "why" => {
                loop {
                    let why: String = ask "Why?"
                        on "no" => break;
                    say "{why}";
                }
                wait
            };
        let paid: u32 = hear;
        let third: String = ask "Third? ({paid})";
        second + &third
    }
}

#[test]
fn a_question_is_left_behind_however_it_is_left() {
    let mut dialogue = Dialogue::start(Skips, &["First?"]);
    dialogue.reply("a", &["a", "First?"]).reply("skip", &["Second?"]).reply("back", &["First?"]);
    dialogue.reply("back", &["First?"]).reply("skip", &["Second?"]);
    dialogue.reply("why", &["Why?"]).reply("no", &[]).reply("back", &["Why?"]).reply("back", &["Second?"]);
    dialogue.reply("back", &["First?"]);
}

#[test]
fn nothing_goes_back_to_a_wait_for_an_event() {
    let mut dialogue = Dialogue::start(Skips, &["First?"]);
    dialogue.reply("skip", &["Second?"]).reply("b", &[]).reply("back", &["Second?"]).reply("b", &[]);
    dialogue.event(7, &["Third? (7)"]).reply("back", &["Second?"]).reply("c", &[]);
    dialogue.event(8, &["Third? (8)"]).reply("d", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("cd"));
}

conversation! {
    /// Does something once in the action of a question, and asks that again.
    Undone -> String {
        on "back" => back;
        let first: String = ask "First?";
        let second: String = ask "Second to {first}?"
            on "pay" => {
                let paid: u32 = once 3;
                say "{paid}";
                back
            };
        let third: String = ask "Third?";
        first + &second + &third
    }
}

#[test]
fn behind_something_done_once_its_question_is_asked_again() {
    let mut dialogue = Dialogue::start(Undone, &["First?"]);
    dialogue.reply("a", &["Second to a?"]).reply("pay", &["3", "Second to a?"]).reply("back", &["Second to a?"]);
    dialogue.reply("b", &["Third?"]).reply("back", &["Second to a?"]).reply("c", &["Third?"]).reply("d", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("acd"));
}

conversation! {
    /// Has nothing to go back to where something was done once.
    Paid -> (bool, u32) {
        let mut paid: bool = false;
        let name: String = ask "Name?";
        let tip: u32 = ask "Tip, {name}?"
            tries 2 else { return (paid, 0) }
            on "pay" => {
                let receipt: bool = once true;
                paid = receipt;
                back
            }
            else back;
        (paid, tip)
    }
}

#[test]
fn what_came_with_something_done_once_is_not_forgotten() {
    let mut dialogue = Dialogue::start(Paid, &["Name?"]);
    dialogue.reply("a", &["Tip, a?"]).reply("x", &["Name?"]).reply("b", &["Tip, b?"]);
    dialogue.reply("pay", &["Tip, b?"]).reply("3", &[]);
    assert_eq!(dialogue.output, Some((true, 3)));
}

#[test]
fn a_refusal_that_is_gone_back_from_counts_where_nothing_was_before() {
    let mut dialogue = Dialogue::start(Paid, &["Name?"]);
    dialogue.reply("a", &["Tip, a?"]).reply("pay", &["Tip, a?"]).reply("x", &["Tip, a?"]).reply("x", &[]);
    assert_eq!(dialogue.output, Some((true, 0)));
}
