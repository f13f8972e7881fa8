//! What is said of a dialogue that goes otherwise.

use converse::prelude::*;
use converse::testing::dialogue;

use crate::bugs::failure;

conversation! {
    /// Gets to know a visitor.
    pub(crate) Introduction {
        let name: String = ask "What is your name?"
            where !name.is_empty() else "Please, insert your name!";
        let age: u8 = ask "And your age?" within 30s;
        say "You're {name}, and you are {age} old.";
    }
}

#[test]
fn the_difference_is_shown() {
    let report = failure(|| {
        dialogue(|| Introduction).check(
            "
            < What is your name?
            > Ada
            < And your aga?
            > 36
            < You're Ada, and you are 36 old.
            < Bye!
            ! end
            > x
            ",
        );
    });
    let (place, rest) = report.split_once(": ").expect("it begins with the place");
    assert!(place.starts_with("tests/kit/reports.rs:"), "{place}");
    assert_eq!(
        rest,
        "the dialogue goes otherwise (- as it is written, + as it went)

  < What is your name?
  > Ada
- < And your aga?
+ < And your age?
  > 36
  < You're Ada, and you are 36 old.
- < Bye!
  ! end
- > x

CONVERSE_TRANSCRIPT=overwrite accepts it as it went"
    );
}

#[test]
fn what_is_no_transcript_is_said() {
    let about = |text: &'static str| {
        let report = failure(move || dialogue(|| Introduction).check(text));
        report.split_once(": ").expect("it begins with the place").1.to_owned()
    };
    assert!(about("< A?\nAda").starts_with("line 2: `Ada` begins with no sign"));
    assert!(about("> binary no.png").starts_with("line 1: no.png cannot be read: "));
    assert_eq!(about("> binary 0xF"), "line 1: `0xF` is no bytes: invalid length at 0");
    assert_eq!(about("> \"x"), "line 1: the text has no end: `\"` is missing");
    assert!(about("* Paid").starts_with("line 1: `Paid` is no event of Introduction: "));
    let none = failure(|| dialogue(|| Introduction).check_files("src/none"));
    assert!(none.starts_with("the folder src/none cannot be read: "), "{none}");
}
