//! One conversation, and every kind of change to it.

use converse::Conversation;

use crate::survival::{goes_on, losses, stored, survives};

/// The conversation as it was released.
mod released {
    use converse::prelude::*;

    conversation! {
        /// Takes an order.
        pub(super) Order(table: u8) {
            let dish: String = ask "Which dish?"
                else "A dish, please.";
            let count: u32 = ask "How many?";
            let note: String = ask "Anything else?";
            say "{count} {dish} ({note}) for table {table}.";
        }
    }

    pub(super) const WAITS: [&str; 2] = ["Soup", "2"];
}

use released::{Order, WAITS};

/// The conversation after a change, in a module of its own.
macro_rules! order {
    ($name:ident ($($parameters:tt)*) { $($body:tt)* }) => {
        mod $name {
            use converse::prelude::*;

            conversation! {
                pub(super) Order($($parameters)*) { $($body)* }
            }
        }
    };
}

order! { more_questions(table: u8) {
    on "help" => "A dish and how many of it.";
    let drink: String = ask "What would you like to drink?";
    say "{drink} is on its way.";
    let dish: String = ask "And to eat?" where dish != "soup" else "There is no soup today.";
    let hot: bool = ask "Hot?";
    if hot { say "Mind your tongue."; }
    let count: u32 = ask "How many of that?" within 5min;
    let note: String = ask "Any wishes?";
    say "{count} {dish}, {note}, for {table}.";
} }

order! { another_order() {
    let note: String = ask "Anything in advance?";
    say "{note}, then.";
    let count: u32 = ask "How many dishes?";
    for number: u32 in 0..count {
        say "{number}";
    }
    let dish: String = ask "Which dish?";
    say "{dish}.";
} }

#[test]
fn questions_texts_and_order_are_free() {
    survives::<_, more_questions::Order>(Order { table: 7 }, &WAITS, &[]);
    survives::<_, another_order::Order>(Order { table: 7 }, &WAITS, &[]);
}

order! { a_question_less(table: u8) {
    let dish: String = ask "Which dish?";
    let pieces: u32 = ask "How many?";
    say "{pieces} {dish} for table {table}.";
} }

#[test]
fn a_question_that_is_gone_or_called_otherwise_is_lost() {
    let expected = ["Order/count: the question is gone", "Order/note: the question is gone"];
    survives::<_, a_question_less::Order>(Order { table: 7 }, &WAITS, &expected);
}

order! { questions_retired(table: u8) {
    let dish: String = ask "Which dish?";
    if false {
        let count: u32 = ask "How many?";
        say "{count} it is.";
    }
    if false {
        let note: String = ask "Anything else?";
        say "With {note}.";
    }
    say "{dish} for table {table}.";
} }

#[test]
fn one_that_nobody_comes_to_any_more_is_still_there_for_those_who_wait() {
    survives::<_, questions_retired::Order>(Order { table: 7 }, &WAITS, &[]);
    let (_, note) = &stored(Order { table: 7 }, &WAITS)[2];
    let said = goes_on::<questions_retired::Order>(note, "salt").expect("it can be read");
    assert_eq!(said, ["With salt.", "Soup for table 7."]);
}

order! { more_to_remember(table: u8) {
    let dish: String = ask "Which dish?";
    let price: Option<u32> = dish.len().try_into().ok();
    let count: u32 = ask "How many?";
    say "{price:?} each.";
    let note: String = ask "Anything else?";
    say "{count} {dish} ({note}) for table {table}.";
} }

order! { more_to_compute(table: u8) {
    let dish: String = ask "Which dish?";
    let count: u32 = ask "How many?";
    let price: Option<u32> = dish.len().try_into().ok();
    say "{price:?} each.";
    let note: String = ask "Anything else?";
    say "{count} {dish} ({note}) for table {table}.";
} }

#[test]
fn a_variable_that_nothing_stored_has_is_missed_even_if_it_may_be_nothing() {
    let expected = ["Order/count: `price: Option<u32>` is new there, and nothing stored has its value"];
    survives::<_, more_to_remember::Order>(Order { table: 7 }, &WAITS, &expected);
    survives::<_, more_to_compute::Order>(Order { table: 7 }, &WAITS, &[]);
}

order! { more_to_count(table: u8) {
    on silence 5min => ["Still there?", { return }];
    let dish: String = ask "Which dish?";
    let count: u32 = ask "How many?" else ["A number.", "Digits only."];
    on after 1h => return;
    let note: String = ask "Anything else?" tries 3 else { return };
    say "{count} {dish} ({note}) for table {table}.";
} }

order! { more_to_time(table: u8) {
    let dish: String = ask "Which dish?";
    let count: u32 = ask "How many?";
    on after std::time::Duration::from_secs(count.into()) => return;
    let note: String = ask "Anything else?";
    say "{count} {dish} ({note}) for table {table}.";
} }

#[test]
fn what_is_counted_begins_anew_and_so_does_a_time_that_stands_alone() {
    survives::<_, more_to_count::Order>(Order { table: 7 }, &WAITS, &[]);
    let (_, count) = &stored(Order { table: 7 }, &WAITS)[1];
    assert_eq!(goes_on::<more_to_count::Order>(count, "many").expect("it can be read"), ["A number.", "How many?"]);
    let expected =
        ["Order/note: `after_1: Timer`, the time of an `on after`, is new there, and nothing stored has its value"];
    survives::<_, more_to_time::Order>(Order { table: 7 }, &WAITS, &expected);
}

order! { other_types(table: String) {
    let dish: Vec<String> = ask "Which dishes, with commas?";
    let count: i32 = ask "How many?";
    let note: String = ask "Anything else?";
    say "{count} {dish:?} ({note}) for table {table}.";
} }

#[test]
fn another_type_reads_nothing() {
    let expected = [
        "Order/count: `dish` is `Vec<String>` now, and was `String`",
        "Order/count: `table` is `String` now, and was `u8`",
        "Order/dish: `table` is `String` now, and was `u8`",
        "Order/note: `count` is `i32` now, and was `u32`",
        "Order/note: `dish` is `Vec<String>` now, and was `String`",
        "Order/note: `table` is `String` now, and was `u8`",
    ];
    survives::<_, other_types::Order>(Order { table: 7 }, &WAITS, &expected);
}

order! { converted(table: u8) {
    let dish: String = ask "Which dishes, with commas?";
    let count: u32 = ask "How many?";
    let dishes: Vec<&str> = dish.split(',').collect();
    let count: i32 = i32::try_from(count).unwrap_or_default();
    say "{count} {dishes:?}.";
    let note: String = ask "Anything else?";
    say "({note}) for table {table}.";
} }

#[test]
fn the_type_may_change_behind_the_question() {
    survives::<_, converted::Order>(Order { table: 7 }, &WAITS, &[]);
    let (_, count) = &stored(Order { table: 7 }, &WAITS)[1];
    let said = goes_on::<converted::Order>(count, "2").expect("it can be read");
    assert_eq!(said, [r#"2 ["Soup"]."#, "Anything else?"]);
}

order! { wider_types(table: i64) {
    let dish: Option<String> = ask "Which dish?";
    let count: Option<u64> = ask "How many?";
    let note: String = ask "Anything else?";
    say "{count:?} {dish:?} ({note}) for table {table}.";
} }

#[test]
fn a_wider_type_reads_what_was_stored() {
    survives::<_, wider_types::Order>(Order { table: 7 }, &WAITS, &[]);
    let (_, note) = &stored(Order { table: 7 }, &WAITS)[2];
    let said = goes_on::<wider_types::Order>(note, "-").expect("it can be read");
    assert_eq!(said, [r#"Some(2) Some("Soup") (-) for table 7."#]);
    let back = losses(&[wider_types::Order::FLOW], &[Order::FLOW]);
    assert_eq!(back.len(), 6, "{back:?}");
}

mod run {
    /// A conversation that runs another one, which asks differently in each module.
    macro_rules! evening {
        ($name:ident, { $($body:tt)* }) => {
            pub(super) mod $name {
                use converse::prelude::*;

                conversation! {
                    pub(crate) Seat -> u8 { $($body)* }
                }

                conversation! {
                    pub(crate) Evening {
                        let seat: u8 = run Seat;
                        say "Seat {seat}.";
                    }
                }
            }
        };
    }

    evening!(released, { let row: u8 = ask "Which row?"; row });
    evening!(renamed, { let line: u8 = ask "Which row?"; line });
}

#[test]
fn what_is_run_is_stored_within_what_runs_it() {
    use run::{released, renamed};
    let (question, stored) = &stored(released::Evening, &[])[0];
    assert_eq!((*question, stored.as_str()), ("seat", r#"{"seat":{"seat_run":{"row":{}}}}"#));
    assert_eq!(goes_on::<released::Evening>(stored, "5").expect("it can be read"), ["Seat 5."]);
    goes_on::<renamed::Evening>(stored, "5").expect_err("its inner question is gone");
    let flows = [[released::Evening::FLOW, released::Seat::FLOW], [renamed::Evening::FLOW, renamed::Seat::FLOW]];
    assert_eq!(losses(&flows[0], &flows[1]), ["Seat/row: the question is gone"]);
}
