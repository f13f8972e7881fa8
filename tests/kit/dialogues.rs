//! Dialogues that go as they are written.

use converse::prelude::*;
use converse::testing::dialogue;
use serde::{Deserialize, Serialize};

conversation! {
    /// Sells a bicycle, and waits for the money.
    pub(crate) Purchase(model: String) hears Payment {
        on "help" => { say "Type a number, or `back`."; wait }
        on "back" => back;
        on silence 1h => ["Still there?", { close 4001, "nobody is there" }];
        let size: u8 = ask "{model}: which size?"
            where (40..=64).contains(&size) else "From 40 to 64, please."
            else |problem| { say "A number: {problem}."; retry };
        let name: String = ask "Your name?";
        let number: usize = once name.len() + usize::from(size);
        say "Order {number}.";
        let payment: Payment = hear
            within 3d else { close 4002, "not paid" };
        say match payment {
            Payment::Cash => "Thank you.".to_owned(),
            Payment::Card { last } => format!("Thank you, card {last}."),
        };
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Payment {
    Cash,
    Card { last: u16 },
}

fn purchase() -> Purchase {
    Purchase { model: "Rover".into() }
}

#[test]
fn a_dialogue_goes_as_it_is_written() {
    dialogue(purchase).check(
        "
        < Rover: which size?
        > help
        < Type a number, or `back`.
        > big
        < A number: invalid digit found in string.
        < Rover: which size?
        > 12
        < From 40 to 64, please.
        < Rover: which size?
        > 52
        < Your name?
        # It can be changed as long as nothing was ordered.
        > back
        < Rover: which size?
        > 54
        < Your name?
        > Ada
        < Order 57.
        > hello?
        * Card { last: 1234 }
        < Thank you, card 1234.
        ! end
        ",
    );
}

#[test]
fn time_passes_where_it_is_written() {
    dialogue(purchase).check(
        "
        < Rover: which size?
        ~ 59min
        ~ 1min
        < Still there?
        < Rover: which size?
        ~ 59min 59s
        ~ 1s
        ! 4001 nobody is there
        ",
    );
    dialogue(purchase).check(
        "
        < Rover: which size?
        > 54
        < Your name?
        > Ada
        < Order 57.
        ~ 2d 23h
        ~ 1h
        ! 4002 not paid
        ",
    );
}

conversation! {
    /// Takes a picture, and says what it is.
    pub(crate) Gallery(limits: (u8, u8)) {
        say Json(limits);
        let picture: Binary = ask "A picture?"
            else "Send it as a binary message.";
        say picture;
        let place: Json<(f64, f64)> = ask "Where?"
            else "As JSON.";
        let note: String = ask "  Anything\nelse? " verbatim;
        let Json((lat, lon)) = place;
        say "{lat} {lon}{note}";
    }
}

#[test]
fn messages_of_any_kind_are_written() {
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/two.bin"), [0xCA, 0xFE]).expect("it can be written");
    let written = "
        < [1, 2]
        < A picture?
        > hm
        < Send it as a binary message.
        < A picture?
        > binary two.bin
        < binary 0xCAFE
        < Where?
        > json [1.5, 2]
        < \"  Anything\\nelse? \"
        > \" (x)\"
        < 1.5 2 (x)
        ! end";
    let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/gallery.dialogue");
    std::fs::write(file, written).expect("it can be written");
    dialogue(|| Gallery { limits: (1, 2) }).check_files(env!("CARGO_TARGET_TMPDIR"));
}

#[derive(Clone)]
struct Kitchen {
    open: bool,
}

conversation! {
    /// Takes an order.
    pub(crate) Order with (kitchen: Kitchen) {
        if !kitchen.open {
            close 4003, "closed"
        }
        let dish: String = ask "Which dish?";
        say "{dish}, at once.";
    }
}

#[tokio::test]
async fn what_it_depends_on_is_given_by_the_test() {
    dialogue(|| Order).with(|| Kitchen { open: false }).check("! 4003 closed");
    dialogue(|| Order).with(|| Kitchen { open: true }).check("< Which dish?\n> Soup\n< Soup, at once.\n! end");
}

#[test]
fn walks_find_nothing_where_nothing_is_wrong() {
    dialogue(purchase).says("54").walk();
    dialogue(|| Gallery { limits: (1, 2) }).says("binary 0xCAFE").says("json [1, 2]").walk();
    dialogue(|| Order).with(|| Kitchen { open: true }).walk();
}
