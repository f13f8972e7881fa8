//! Shadowing, captures, patterns, moves: which variable a name means after a question.

use converse::prelude::*;

use crate::dialogue::{Dialogue, remembered};

conversation! {
    /// One name, many variables.
    Shadows(x: u32) -> String {
        let n: u32 = x;
        {
            let n: String = format!("{}-inner", n + 1);
            let first: String = ask "Inner {n}?";
            say "{n} {first}";
            let n: usize = n.len();
            let second: String = ask "Length {n}?";
            say "{n} {second}";
        }
        let x: String = format!("x{x}");
        let third: String = ask "Outer {n}?";
        format!("{n} {x} {third}")
    }
}

#[test]
fn an_inner_variable_hides_an_outer_one_only_while_it_lives() {
    let mut dialogue = Dialogue::start(Shadows { x: 7 }, &["Inner 8-inner?"]);
    dialogue.reply("a", &["8-inner a", "Length 7?"]);
    dialogue.reply("b", &["7 b", "Outer 7?"]);
    dialogue.reply("c", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("7 x7 c"));
    assert_eq!(
        remembered::<Shadows>(),
        ["first(x: u32, n: u32, n_2: String)", "second(x: u32, n: u32, n_2: usize)", "third(n: u32, x: String)"]
    );
}

conversation! {
    /// An answer may have the name of an earlier variable.
    Again(name: String) -> String {
        let before: String = name.clone();
        let name: String = ask "Not {name}?";
        let name: usize = name.len();
        let more: String = ask "More than {name}?";
        format!("{before} {name} {more}")
    }
}

#[test]
fn an_answer_can_take_an_earlier_name() {
    let mut dialogue = Dialogue::start(Again { name: "Ada".to_owned() }, &["Not Ada?"]);
    dialogue.reply("Bob!", &["More than 4?"]).reply("z", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("Ada 4 z"));
    assert_eq!(remembered::<Again>(), ["name(name: String, before: String)", "more(before: String, name: usize)"]);
}

conversation! {
    /// Types that can be read off the text.
    Glance(given: u16) -> String {
        let (a, b): (u8, String) = (1, "b".to_owned());
        let c = 3i64;
        let d = given;
        let e = (true, 'x');
        let width = 6usize;
        let unneeded = "later".len();
        say "{unneeded}";
        let q: String = ask "Q?";
        format!("{a}{b}{c}{d}{}{}{q:>width$}", e.0, e.1)
    }
}

#[test]
fn types_that_are_readable_need_not_be_written() {
    let mut dialogue = Dialogue::start(Glance { given: 9 }, &["5", "Q?"]);
    dialogue.reply("q", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("1b39truex     q"));
    assert_eq!(remembered::<Glance>(), ["q(a: u8, b: String, c: i64, d: u16, e: (bool, char,), width: usize)"]);
}

conversation! {
    /// The language's words are names like any other outside of their places.
    Words(say: u8, retry: u8) -> u8 {
        let ask: u8 = say + retry;
        let within: u8 = ask "Number?"
            where within > ask else "More than {ask}";
        let on = |wait: u8| wait + within;
        let talk = on(say);
        let slot = talk + retry;
        let at = slot;
        at
    }
}

#[test]
fn words_stay_usable_as_names() {
    let mut dialogue = Dialogue::start(Words { say: 1, retry: 2 }, &["Number?"]);
    dialogue.reply("3", &["More than 3", "Number?"]).reply("4", &[]);
    assert_eq!(dialogue.output, Some(7));
}

mod elsewhere {
    //! Nothing of the expansion depends on what the user's module calls its own.
    #![allow(dead_code, non_camel_case_types)]

    pub(super) struct Option;
    pub(super) struct Result;
    pub(super) struct String;
    pub(super) struct Poll;
    pub(super) struct Slot;
    pub(super) enum Input {}
    pub(super) struct bool;

    converse::conversation! {
        pub(super) Hygiene -> ::std::string::String {
            let name: ::std::string::String = ask "Name?" within 1s;
            name
        }
    }
}

#[test]
fn the_expansion_is_hygienic() {
    let mut dialogue = Dialogue::start(elsewhere::Hygiene, &["Name?"]);
    assert_eq!(dialogue.reply("x", &[]).output.as_deref(), Some("x"));
}
