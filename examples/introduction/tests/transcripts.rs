//! The dialogues of the introduction, every way through it, and walks.

// The program has no library that a test could use.
#[path = "../src/main.rs"]
#[allow(dead_code, unreachable_pub)]
mod introduction;

use converse::testing::{assert_covered, dialogue};

use introduction::Introduction;

#[test]
fn a_visitor_is_known_in_the_end() {
    dialogue(|| Introduction).check(
        "
        < What is your name?
        >
        < Please, insert your name!
        < What is your name?
        > binary 0xCAFE
        < What is your name?
        > Ada
        < And your age?
        > abc
        < Please, insert an valid number
        < And your age?
        > 36
        < You're Ada, and you are 36 old.
        ! end
        ",
    );
    assert_covered!(Introduction);
}

#[test]
fn whatever_a_visitor_says_it_survives() {
    dialogue(|| Introduction).walk();
}

/// The one of the files that is not of this build is of one that counted the letters of the name, too.
#[test]
fn visitors_of_builds_before_go_on() {
    dialogue(|| Introduction).check_stored("tests/stored");
}
