//! Name, age and location in turn, and what was understood.

use converse::prelude::*;

use crate::dialogue::{Dialogue, remembered};

conversation! {
    /// Gets to know somebody.
    Acquaintance -> (String, u8, String) {
        let name: String = ask "Hello! What are you called?"
            where !name.is_empty() else "I did not catch that.";
        let age: u8 = ask "How old are you, {name}?"
            where age < 130 else "Nobody is that old."
            else "A number, please.";
        let location: String = ask "And where are you?";
        say "{name}, {age}, from {location}: nice to meet you.";
        (name, age, location)
    }
}

#[test]
fn one_thing_after_another() {
    let mut dialogue = Dialogue::start(Acquaintance, &["Hello! What are you called?"]);
    dialogue.reply(" ", &["I did not catch that.", "Hello! What are you called?"]);
    dialogue.reply("Grace", &["How old are you, Grace?"]);
    dialogue.reply("old", &["A number, please.", "How old are you, Grace?"]);
    dialogue.reply("200", &["Nobody is that old.", "How old are you, Grace?"]);
    dialogue.reply("45", &["And where are you?"]);
    dialogue.reply("Arlington", &["Grace, 45, from Arlington: nice to meet you."]);
    assert_eq!(dialogue.output, Some(("Grace".to_owned(), 45, "Arlington".to_owned())));
    assert_eq!(
        remembered::<Acquaintance>(),
        ["name()", "age(name: String)", "location(name: String, age: u8)"],
        "no more than was answered"
    );
}
