//! Conversations with a bug each that has to be found, where what is said of it counts word for word or what is drawn does;
//! `tests/bugs/` has those that a user writes.

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
    pub(crate) Sale {
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

#[test]
fn walks_find_what_no_transcript_was_written_for() {
    let report = failure(|| dialogue(|| Sale).walk());
    let (_, rest) = report.split_once(": ").expect("it begins with the place");
    assert!(rest.starts_with("Sale does not survive\n\n"), "{rest}");
    assert!(rest.contains(" for 250 cents each.\n+ < ") && rest.contains(" for 2 cents each.\n"), "{rest}");
}

conversation! {
    /// Divides.
    Division {
        let a: i32 = ask "Divide what?"
            on "help" => { say "A number."; wait };
        let b: i32 = ask "By what?";
        let more: String = ask "{}", a / b;
        say "{more}";
    }
}

#[test]
fn a_panic_is_found_with_the_shortest_way_to_it() {
    let report = failure(|| dialogue(|| Division).walk());
    let (_, rest) = report.split_once(": ").expect("it begins with the place");
    let (what, way) = rest.split_once("\n\n").expect("it shows the way");
    assert_eq!(what, "Division breaks: a turn panics, or makes what cannot be stored or sent");
    let lines: Vec<&str> = way.lines().collect();
    let [ask, first, by, second, end, "", seed] = lines[..] else { panic!("{way}") };
    assert_eq!((ask, by, second, end), ("< Divide what?", "< By what?", "> 0", "! 1011"));
    assert!(first.strip_prefix("> ").is_some_and(|number| number.parse::<i32>().is_ok()), "{first}");
    assert!(seed.starts_with("CONVERSE_SEED=") && seed.ends_with(" walks this way again"), "{seed}");
}

conversation! {
    /// Is paid.
    Till hears Coin {
        let coin: Coin = hear;
        let cents: i64 = coin.cents;
        let name: String = ask "Who pays {cents}?"
            on Coin { cents: 42, .. } => { say "{}", u32::try_from(-1 - cents.abs()).expect("a number"); retry };
        say "{name}";
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Coin {
    cents: i64,
    from: Option<String>,
}

#[test]
fn events_are_drawn() {
    let report = failure(|| dialogue(|| Till).walk());
    assert!(report.contains("Till breaks"), "{report}");
    assert!(report.contains("\"cents\":42"), "{report}");
}

conversation! {
    /// Is slow.
    Sloth {
        let first: u8 = ask "First?"
            within 1h else { say "{}", u8::try_from(300).expect("it fits"); return };
        say "{first}";
    }
}

#[test]
fn silence_is_drawn() {
    let report = failure(|| dialogue(|| Sloth).walk());
    assert!(report.contains("Sloth breaks") && report.contains("\n< First?\n~ 1h\n! 1011\n"), "{report}");
}
