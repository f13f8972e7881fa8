//! Name, age and location in turn, and what was understood.

use converse::prelude::*;
use converse::testing::{assert_covered, dialogue};

use crate::dialogue::remembered;

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
fn every_way_through_it_is_taken() {
    dialogue(|| Acquaintance).check(
        "
        < Hello! What are you called?
        >
        < I did not catch that.
        < Hello! What are you called?
        > Grace
        < How old are you, Grace?
        > old
        < A number, please.
        < How old are you, Grace?
        > 200
        < Nobody is that old.
        < How old are you, Grace?
        > 45
        < And where are you?
        > binary 0x00
        < And where are you?
        > Arlington
        < Grace, 45, from Arlington: nice to meet you.
        ! end
        ",
    );
    assert_covered!(Acquaintance);
}

#[test]
fn no_more_is_kept_than_was_answered() {
    assert_eq!(remembered::<Acquaintance>(), ["name()", "age(name: String)", "location(name: String, age: u8)"]);
}
