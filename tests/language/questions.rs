//! `ask` and its clauses.

use std::time::Duration;

use converse::prelude::*;
use converse::{Clock, Close};

use crate::dialogue::{Dialogue, remembered};

conversation! {
    /// Every clause, and both kinds of action.
    Guess(secret: u8, patience: Duration) -> Option<u8> {
        let mut tries = 0u8;
        let guess: u8 = ask "A number, {}?", tries
            where guess < 100 else "Less than 100."
            where guess.is_multiple_of(2) else {
                tries += 1;
                say "Odd.";
                retry
            }
            within patience else { return None }
            else |problem| {
                say "{problem}!";
                if tries > 1 {
                    return Some(0);
                }
                retry
            };
        if guess == secret { Some(guess) } else { None }
    }
}

#[test]
fn wheres_are_tried_in_order_and_blocks_say_what_comes_next() {
    let patience = Duration::from_secs(3);
    let mut dialogue = Dialogue::start(Guess { secret: 42, patience }, &["A number, 0?"]);
    assert_eq!(dialogue.clock(), Clock::Within(patience));
    dialogue.reply("200", &["Less than 100.", "A number, 0?"]);
    dialogue.reply("7", &["Odd.", "A number, 1?"]);
    dialogue.reply("x", &["invalid digit found in string!", "A number, 1?"]);
    dialogue.reply("9", &["Odd.", "A number, 2?"]);
    dialogue.reply("", &["cannot parse integer from empty string!"]);
    assert_eq!(dialogue.output, Some(Some(0)));
    assert_eq!(remembered::<Guess>(), ["guess(secret: u8, patience: Duration, tries: u8)"]);
}

#[test]
fn a_block_can_end_the_conversation_on_silence() {
    let mut dialogue = Dialogue::start(Guess { secret: 1, patience: Duration::from_millis(1) }, &["A number, 0?"]);
    dialogue.silence(&[]);
    assert_eq!(dialogue.output, Some(None));
}

conversation! {
    Patient -> () {
        let first: String = ask "First?"
            within 30s else "Still there?";
        let second: String = ask "Second?" within 500ms;
        say "{first}{second}";
    }
}

#[test]
fn silence_asks_again_or_closes() {
    let mut dialogue = Dialogue::start(Patient, &["First?"]);
    assert_eq!(dialogue.clock(), Clock::Within(Duration::from_secs(30)));
    dialogue.silence(&["Still there?", "First?"]);
    assert_eq!(dialogue.clock(), Clock::Within(Duration::from_secs(30)), "asked anew, with a new clock");
    dialogue.reply("a", &["Second?"]);
    assert_eq!(dialogue.clock(), Clock::Within(Duration::from_millis(500)));
    dialogue.silence(&[]);
    assert_eq!(dialogue.finish.close, Some(Close::new(4408, "no answer came in time")));
    assert_eq!(
        Patient::FLOW.to_mermaid().to_string(),
        "stateDiagram-v2\n    [*] --> first\n    first --> first: refused\n    first --> first: silence\n    \
         first --> second\n    second --> second: refused\n    second --> [*]: silence, closed 4408\n    second --> [*]\n"
    );
}

conversation! {
    Kinds -> usize {
        let numbers: Json<Vec<u8>> = ask "JSON?"
            else "Not JSON";
        let photo: Binary = ask Json(&numbers.0)
            else "Not a photo";
        let whatever: Message = ask format!("Anything? {}", photo.0.len());
        say whatever.clone();
        numbers.0.len() + photo.0.len() + whatever.len()
    }
}

#[test]
fn replies_and_messages_are_of_any_kind() {
    let mut dialogue = Dialogue::start(Kinds, &["JSON?"]);
    dialogue.reply("{", &["Not JSON", "JSON?"]);
    dialogue.reply("[1,2]", &["[1,2]"]);
    dialogue.reply("text", &["Not a photo", "[1,2]"]);
    dialogue.reply(vec![1, 2, 3], &["Anything? 3"]);
    dialogue.reply(vec![9], &["<1 bytes>"]);
    assert_eq!(dialogue.output, Some(6));
}

conversation! {
    /// A question without an `else` asks again without a word.
    Silent {
        let yes: bool = ask "true or false?";
        say "{yes}";
    }
}

#[test]
fn without_an_else_it_asks_again_without_a_word() {
    let mut dialogue = Dialogue::start(Silent, &["true or false?"]);
    dialogue.reply("maybe", &["true or false?"]).reply("true", &["true"]);
    assert_eq!(dialogue.output, Some(()));
}
