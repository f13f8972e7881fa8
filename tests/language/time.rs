//! `on silence` and `on after`.

use std::time::Duration;

use converse::{Clock, conversation};

use crate::dialogue::Dialogue;

const MINUTE: Duration = Duration::from_secs(60);

conversation! {
    /// Says nothing of silence.
    Quiet -> u32 {
        let one: u32 = ask "One?";
        let two: u32 = ask "Two?"
            within 10s else { say "Inner."; retry };
        one + two
    }
}

conversation! {
    /// Somebody may fall silent anywhere.
    Silent(patience: u64) -> String {
        on silence Duration::from_secs(patience) => ["Still there?", { return "gone".to_owned() }];
        let name: String = ask "Name?";
        let own: String = ask "Own?"
            within 1s else "Own.";
        let sum: u32 = run Quiet;
        {
            on silence 1h => wait;
            let last: String = ask "Last?";
            format!("{name} {own} {sum} {last}")
        }
    }
}

#[test]
fn silence_at_any_question_that_says_nothing_of_it() {
    let mut dialogue = Dialogue::start(Silent { patience: 60 }, &["Name?"]);
    assert_eq!(dialogue.clock(), Clock::Within(MINUTE));
    dialogue.silence(&["Still there?", "Name?"]).reply("Ada", &["Own?"]);
    assert_eq!(dialogue.clock(), Clock::Within(Duration::from_secs(1)));
    dialogue.silence(&["Own.", "Own?"]).reply("x", &["One?"]);
    assert_eq!(dialogue.clock(), Clock::Within(MINUTE), "the one that runs it says how long it waits");
    dialogue.silence(&["Still there?", "One?"]);
    assert_eq!(dialogue.clock(), Clock::Within(MINUTE));
    dialogue.reply("1", &["Two?"]);
    assert_eq!(dialogue.clock(), Clock::Within(Duration::from_secs(10)));
    dialogue.silence(&["Inner.", "Two?"]).reply("2", &["Last?"]);
    assert_eq!(dialogue.clock(), Clock::Within(60 * MINUTE));
    dialogue.silence(&[]);
    assert_eq!(dialogue.clock(), Clock::Unchanged);
    dialogue.reply("z", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("Ada x 3 z"));
}

#[test]
fn silences_escalate_for_each_question() {
    let mut dialogue = Dialogue::start(Silent { patience: 5 }, &["Name?"]);
    dialogue.silence(&["Still there?", "Name?"]).silence(&[]);
    assert_eq!(dialogue.output.as_deref(), Some("gone"));
}

conversation! {
    /// Has only so much time.
    Timed -> String {
        let name: String = ask "Name?";
        on after 10min => "Hurry, {name}!";
        let one: String = ask "One?";
        {
            on after 5min => return format!("{name} {one} late");
            let two: u32 = run Quiet;
            say "{two}";
        }
        let three: String = ask "Three?";
        three
    }
}

#[test]
fn a_timer_rings_once_wherever_it_finds_the_conversation() {
    let mut dialogue = Dialogue::start(Timed, &["Name?"]);
    dialogue.pass(60 * MINUTE, &[]).reply("Ada", &["One?"]);
    dialogue.pass(9 * MINUTE, &[]).reply("1", &["One?"]);
    dialogue.pass(MINUTE, &["Hurry, Ada!", "One?"]).pass(60 * MINUTE, &[]);
}

#[test]
fn the_timer_of_a_block_ends_with_it() {
    let start = || {
        let mut dialogue = Dialogue::start(Timed, &["Name?"]);
        dialogue.reply("Ada", &["One?"]).reply("x", &["One?"]);
        dialogue
    };
    let mut late = start();
    late.pass(5 * MINUTE, &[]);
    assert_eq!(late.output.as_deref(), Some("Ada x late"));
    let mut early = start();
    early.reply("1", &["Two?"]).reply("2", &["3", "Three?"]);
    early.pass(6 * MINUTE, &[]).pass(4 * MINUTE, &["Hurry, Ada!", "Three?"]).reply("y", &[]);
    assert_eq!(early.output.as_deref(), Some("y"));
}

conversation! {
    /// Is patient with each question of what it runs.
    Patient -> u32 {
        on silence 5s => ["Still there?", { return 0 }];
        let sum: u32 = run Quietly;
        sum
    }
}

conversation! {
    /// Asks twice, and says nothing of silence.
    Quietly -> u32 {
        let one: u32 = ask "One?";
        let two: u32 = ask "Two?";
        one + two
    }
}

#[test]
fn silences_are_counted_for_each_question_of_what_is_run() {
    let mut dialogue = Dialogue::start(Patient, &["One?"]);
    dialogue.silence(&["Still there?", "One?"]).reply("1", &["Two?"]);
    dialogue.silence(&["Still there?", "Two?"]).silence(&[]);
    assert_eq!(dialogue.output, Some(0));
}
