//! Conversations with a bug each that has to be found.

use std::fmt;
use std::panic::{UnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};

use converse::prelude::*;
use converse::testing::dialogue;
use serde::{Deserialize, Deserializer, Serialize};

/// What a test says that fails.
pub(crate) fn failure(test: impl FnOnce() + UnwindSafe) -> String {
    let panic = catch_unwind(test).expect_err("it has to fail");
    panic.downcast_ref::<String>().expect("a text").clone()
}

/// A price that is stored as something else than it is read as.
#[derive(Clone, Copy, Serialize)]
struct Price(u32);

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Price(u32::deserialize(from)? / 100))
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cents", self.0)
    }
}

conversation! {
    /// Sells something.
    Sale {
        let price = Price(250);
        let price: Price = price;
        let many: u32 = ask "How many?";
        say "{many} for {price} each.";
    }
}

#[test]
fn a_state_that_is_read_as_another_is_found() {
    let report = failure(|| {
        dialogue(|| Sale).check(
            "
            < How many?
            > 3
            < 3 for 250 cents each.
            ! end
            ",
        );
    });
    let (_, rest) = report.split_once(": ").expect("it begins with the place");
    assert_eq!(
        rest,
        "the dialogue goes otherwise where the connection broke while it waited at `many`, before its first line (- without \
         that, + with it)

  < How many?
  > 3
- < 3 for 250 cents each.
+ < 3 for 2 cents each.
  ! end
"
    );
}

/// A word that is not read back.
#[derive(Clone, Serialize)]
struct Word(String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        u32::deserialize(from).map(|number| Word(number.to_string()))
    }
}

conversation! {
    /// Keeps a word.
    Keeper {
        let word: Word = Word("secret".into());
        let guess: String = ask "What is the word?";
        say "{}", if guess == word.0 { "Yes." } else { "No." };
    }
}

#[test]
fn a_state_that_does_not_restore_is_found() {
    let report = failure(|| dialogue(|| Keeper).check("< What is the word?\n> secret\n< Yes.\n! end"));
    assert!(
        report.contains("where the connection broke while it waited at `guess`, before its first line"),
        "{report}"
    );
    assert!(report.contains("This conversation has changed since. It begins again."), "{report}");
}

static RUNG: AtomicU32 = AtomicU32::new(0);

conversation! {
    /// Counts outside of its state.
    Counter {
        let first: String = ask "First?";
        let number: u32 = RUNG.fetch_add(1, Ordering::Relaxed);
        let second: String = ask "Second?";
        say "{first} {second} {number}";
    }
}

#[test]
fn what_depends_on_how_often_it_runs_is_found() {
    let report = failure(|| dialogue(|| Counter).check("< First?\n> a\n< Second?\n> b\n< a b 0\n! end"));
    assert!(report.contains("- < a b 0\n+ < a b 1\n"), "{report}");
}
