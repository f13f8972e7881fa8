//! The smallest whole program.

use converse::prelude::*;

use crate::dialogue::{Dialogue, remembered};

#[derive(Debug, PartialEq)]
pub(crate) struct Person {
    name: String,
    age: i32,
}

conversation! {
    /// Gets to know a visitor.
    pub(crate) Introduction -> Person {
        let name: String = ask "What is your name?"
            where !name.is_empty() else "Please, insert your name!";
        let age: i32 = ask "And your age?"
            else "Please, insert an valid number";
        say "You're {name}, and you are {age} old.";
        Person { name, age }
    }
}

#[test]
fn a_reply_that_will_not_do_is_asked_for_again_for_as_long_as_it_takes() {
    let mut dialogue = Dialogue::start(Introduction, &["What is your name?"]);
    dialogue.reply("", &["Please, insert your name!", "What is your name?"]);
    dialogue.reply("  ", &["Please, insert your name!", "What is your name?"]);
    dialogue.reply(" Ada ", &["And your age?"]);
    for refused in ["abc", "", "99999999999", "36.5"] {
        dialogue.reply(refused, &["Please, insert an valid number", "And your age?"]);
    }
    dialogue.reply(vec![0xff], &["Please, insert an valid number", "And your age?"]);
    dialogue.reply("36", &["You're Ada, and you are 36 old."]);
    assert_eq!(dialogue.output, Some(Person { name: "Ada".to_owned(), age: 36 }));
}

#[test]
fn a_state_holds_exactly_what_is_still_needed() {
    // Patterns without `..` fail to compile when a state has another field.
    let mut dialogue = Dialogue::start(Introduction, &["What is your name?"]);
    let IntroductionState::Name {} = dialogue.state() else { panic!("waits at another question") };
    dialogue.reply("Ada", &["And your age?"]);
    let IntroductionState::Age { name } = dialogue.state() else { panic!("waits at another question") };
    let name: &String = name;
    assert_eq!(name, "Ada");
    assert_eq!(remembered::<Introduction>(), ["name()", "age(name: String)"]);
    assert_eq!(size_of::<IntroductionState>(), size_of::<String>(), "as small as written by hand");
}

#[test]
fn the_graph_shows_the_retries() {
    let diagram = Introduction::FLOW.to_mermaid().to_string();
    assert_eq!(
        diagram,
        "stateDiagram-v2\n    [*] --> name\n    name --> name: refused\n    name --> age\n    age --> age: refused\n    age --> [*]\n"
    );
    let name = Introduction::FLOW.question("name").expect("the question");
    assert_eq!((name.ty, name.prompt), ("String", "What is your name?"));
    let text = include_str!("introduction.rs");
    let line = text.lines().nth(name.line as usize - 1).expect("a line of this file");
    assert!(line.contains("let name: String = ask"), "line {} is {line:?}", name.line);
    assert!(Introduction::FLOW.file.ends_with("introduction.rs"));
}
