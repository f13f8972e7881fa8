//! What a conversation says itself of those that older builds have stored.

use serde::{Deserialize, Serialize};

use crate::survival::{goes_on, losses, stored, survives};
use converse::Conversation;

/// The conversation as it was released.
mod released {
    use converse::prelude::*;

    conversation! {
        /// Sells something.
        pub(super) Sale(shop: String) {
            let phone: String = ask "Your phone?";
            let coupon: String = ask "A coupon?" tries 3 else { return };
            let payment: String = ask "Cash or card?";
            say "{shop}: {phone}, {coupon}, {payment}.";
        }
    }

    pub(super) const WAITS: [&str; 2] = ["123", "none"];
}

use released::{Sale, WAITS};

fn sale() -> Sale {
    Sale { shop: "Bakery".to_owned() }
}

/// What a build with another `Sale` says where one waits that was stored at the question of this number.
#[track_caller]
fn says<New: Conversation<With: Default>>(question: usize, reply: &str) -> Vec<String> {
    let (_, stored) = &stored(sale(), &WAITS)[question];
    goes_on::<New>(stored, reply).expect("it can be read")
}

macro_rules! sale {
    ($name:ident ($($parameters:tt)*) { $($body:tt)* } $($items:item)*) => {
        mod $name {
            use converse::prelude::*;

            conversation! {
                pub(super) Sale($($parameters)*) { $($body)* }
            }

            $($items)*
        }
    };
}

sale! { renamed(#[was = "shop"] seller: String) {
    #[was = "telephone"]
    #[was = "phone"]
    let mobile: String = ask "Your mobile?";
    #[was = "coupon"]
    let voucher: String = ask "A voucher?" tries 2 else { say "Enough."; return };
    let payment: String = ask "Cash or card?";
    say "{seller}: {mobile}, {voucher}, {payment}.";
} }

#[test]
fn a_question_and_its_variables_are_read_under_the_names_that_they_had() {
    survives::<_, renamed::Sale>(sale(), &WAITS, &[]);
    assert_eq!(says::<renamed::Sale>(0, "456"), ["A voucher?"]);
    assert_eq!(says::<renamed::Sale>(1, "mine"), ["Cash or card?"]);
    assert_eq!(says::<renamed::Sale>(2, "cash"), ["Bakery: 123, none, cash."]);
}

#[test]
fn a_count_goes_along_with_the_question_that_it_is_named_after() {
    let stored = r#"{"coupon":{"shop":"Bakery","phone":"1","coupon_refused":7}}"#;
    let state: renamed::SaleState = serde_json::from_str(stored).expect("it can be read");
    let now = serde_json::to_value(&state).expect("it can be stored");
    assert_eq!(now, serde_json::json!({ "voucher": { "seller": "Bakery", "mobile": "1", "voucher_refused": 7 } }));
}

sale! { more(shop: String, #[default(7)] table: u8) {
    let phone: String = ask "Your phone?";
    #[default]
    let greeting: Option<String> = Some(format!("Hello, {phone}"));
    let coupon: String = ask "A coupon?";
    #[default("unknown".to_owned())]
    let street: String = ask "Your street?";
    let payment: String = ask "Cash or card?";
    say "{shop}/{table}: {greeting:?}, {phone}, {coupon}, {street}, {payment}.";
} }

#[test]
fn a_variable_that_nothing_stored_has_is_read_with_its_default() {
    survives::<_, more::Sale>(sale(), &WAITS, &[]);
    assert_eq!(says::<more::Sale>(2, "cash"), ["Bakery/7: None, 123, none, unknown, cash."]);
}

sale! { half(shop: String, table: u8) {
    #[was = "phone"]
    let mobile: u32 = ask "Your mobile?";
    #[was = "coupon"]
    let voucher: Option<String> = ask "A voucher?";
    let payment: String = ask "Cash or card?";
    say "{shop}/{table}: {mobile}, {voucher:?}, {payment}.";
} }

#[test]
fn a_name_of_before_reads_no_other_type_and_no_other_variable() {
    let expected = [
        "Sale/coupon: `table: u8` is new there, and nothing stored has its value",
        "Sale/coupon: `mobile` is `u32` now, and was `String`",
        "Sale/payment: `table: u8` is new there, and nothing stored has its value",
        "Sale/payment: `mobile` is `u32` now, and was `String`",
        "Sale/phone: `table: u8` is new there, and nothing stored has its value",
    ];
    survives::<_, half::Sale>(sale(), &WAITS, &expected);
}

sale! { taken_over(shop: String) {
    #[was = "phone"]
    let mobile: String = ask "Your mobile?";
    let coupon: String = ask "A coupon?";
    say "{mobile}, {coupon}.";
    // A variable that is called as the question before was.
    #[default(1)]
    let phone: u8 = 2;
    let payment: String = ask "Cash or card?";
    say "{shop}: {phone}, {payment}.";
} }

#[test]
fn a_name_of_before_may_be_another_variable_elsewhere() {
    let expected = ["Sale/payment: `phone` is `u8` now, and was `String`"];
    survives::<_, taken_over::Sale>(sale(), &WAITS, &expected);
    assert_eq!(says::<taken_over::Sale>(1, "none"), ["123, none.", "Cash or card?"]);
}

sale! { retired(shop: String) {
    on outdated "coupon" | "voucher" => goto payment;
    let phone: String = ask "Your phone?";
    let payment: String = ask "Cash or card?";
    say "{shop}: {phone}, {payment}.";
} }

#[test]
fn who_waits_at_a_question_that_is_gone_stands_at_the_one_instead() {
    survives::<_, retired::Sale>(sale(), &WAITS, &[]);
    assert_eq!(says::<retired::Sale>(1, "cash"), ["Bakery: 123, cash."]);
}

sale! { retired_too_far(shop: String) {
    on outdated "coupon" => goto payment;
    let phone: String = ask "Your phone?";
    let street: String = ask "Your street?";
    let payment: String = ask "Cash or card?";
    say "{shop}: {phone}, {street}, {payment}.";
} }

#[test]
fn but_not_without_what_is_needed_there() {
    let expected = [
        "Sale/coupon: `street: String` is new there, and nothing stored has its value",
        "Sale/payment: `street: String` is new there, and nothing stored has its value",
    ];
    survives::<_, retired_too_far::Sale>(sale(), &WAITS, &expected);
}

/// What the released build kept at `coupon`.
#[derive(Serialize, Deserialize)]
struct OldCoupon {
    shop: String,
    phone: String,
}

sale! { migrated(shop: String) {
    on outdated "phone" => migrate self::from_phone;
    on outdated "coupon" => migrate from_coupon;
    let number: u64 = ask "Your number?";
    let payment: String = ask "Cash or card?";
    say "{shop}: {number}, {payment}.";
}

fn from_coupon(old: super::OldCoupon) -> Result<SaleState, std::num::ParseIntError> {
    Ok(SaleState::Payment { shop: old.shop, number: old.phone.parse()? })
}

fn from_phone(old: std::collections::BTreeMap<String, String>) -> SaleState {
    SaleState::Number { shop: old["shop"].clone() }
}
}

#[test]
fn a_function_makes_a_state_of_an_older_one() {
    let expected = ["Sale/payment: `number: u64` is new there, and nothing stored has its value"];
    survives::<_, migrated::Sale>(sale(), &WAITS, &expected);
    assert_eq!(says::<migrated::Sale>(0, "5"), ["Cash or card?"]);
    assert_eq!(says::<migrated::Sale>(1, "cash"), ["Bakery: 123, cash."]);
    let error = goes_on::<migrated::Sale>(r#"{"coupon":{"shop":"Bakery","phone":"none"}}"#, "cash");
    assert_eq!(error.expect_err("it is no number"), "invalid digit found in string");
}

mod run {
    /// Whoever runs another conversation, which asks at another question by now.
    macro_rules! evening {
        ($name:ident, { $($seat:tt)* }, $($run:tt)*) => {
            pub(super) mod $name {
                use converse::prelude::*;

                conversation! {
                    pub(crate) Seat -> u8 { $($seat)* }
                }

                conversation! {
                    pub(crate) Evening { $($run)* }
                }
            }
        };
    }

    evening!(released, { let row: u8 = ask "Which row?"; row }, let seat: u8 = run Seat; say "Seat {seat}.";);
    evening!(
        renamed,
        { #[was = "row"] let line: u8 = ask "Which line?"; line },
        #[was = "seat"] let place: u8 = run Seat; say "Place {place}.";
    );
}

#[test]
fn what_runs_is_read_under_the_name_that_its_place_had() {
    use run::{released, renamed};
    let flows = [[released::Evening::FLOW, released::Seat::FLOW], [renamed::Evening::FLOW, renamed::Seat::FLOW]];
    assert!(losses(&flows[0], &flows[1]).is_empty());
    let (_, stored) = &stored(released::Evening, &[])[0];
    assert_eq!(goes_on::<renamed::Evening>(stored, "5").expect("it can be read"), ["Place 5."]);
}

mod done {
    use converse::prelude::*;

    conversation! {
        pub(super) Sale {
            let total: u32 = once 2 + 3;
            say "{total}.";
        }
    }

    pub(super) mod later {
        use converse::prelude::*;

        conversation! {
            pub(crate) Sale {
                #[was = "total"]
                let sum: u32 = once 4 + 5;
                say "{sum}!";
            }
        }
    }
}

#[test]
fn what_was_done_once_is_not_done_again_under_another_name() {
    survives::<_, done::later::Sale>(done::Sale, &[], &[]);
    let stored = r#"{"total":{"total":5}}"#;
    assert_eq!(goes_on::<done::later::Sale>(stored, "").expect("it can be read"), ["5!"]);
}

mod generic {
    use std::fmt::Display;

    use converse::prelude::*;
    use serde::Deserialize;

    conversation! {
        pub(super) Pick<T: Remember + Display + Default>(#[was = "things"] items: Vec<T>, #[default] other: T) {
            on outdated "index" => goto number;
            on outdated "thing" => migrate of_one;
            let number: usize = ask "Which one?";
            say "{} or {other}.", items[number];
        }
    }

    #[derive(Deserialize)]
    struct One<T> {
        thing: T,
    }

    fn of_one<T: Remember + Display + Default>(One { thing }: One<T>) -> PickState<T> {
        PickState::Number { items: vec![thing], other: T::default() }
    }
}

#[test]
fn generics_make_no_difference() {
    type Pick = generic::Pick<u8>;
    for stored in [r#"{"index":{"things":[7]}}"#, r#"{"thing":{"thing":7}}"#, r#"{"number":{"other":0,"items":[7]}}"#] {
        assert_eq!(goes_on::<Pick>(stored, "0").expect("it can be read"), ["7 or 0."], "{stored}");
    }
}

mod revised {
    /// A conversation that asks its first question again, whatever that is called.
    macro_rules! address {
        ($module:ident, $(#[$was:meta])? $name:ident) => {
            pub(super) mod $module {
                use converse::prelude::*;

                conversation! {
                    pub(crate) Address {
                        $(#[$was])?
                        let $name: String = ask "Which street?" tries 3 else { return };
                        let right: bool = ask "Right?" on "street" => revise $name;
                        if !right { revise $name; }
                        say "{}.", $name;
                    }
                }
            }
        };
    }

    address!(released, street);
    address!(
        renamed,
        #[was = "street"]
        road
    );
}

#[test]
fn who_is_asked_again_is_so_under_the_new_name_too() {
    use revised::{released, renamed};
    survives::<_, renamed::Address>(released::Address, &["Elm", "false"], &[]);
    survives::<_, renamed::Address>(released::Address, &["Elm", "street"], &[]);
    let (question, stored) = &stored(released::Address, &["Elm", "false"])[2];
    assert_eq!(*question, "street_revised");
    assert_eq!(goes_on::<renamed::Address>(stored, "Oak").expect("it can be read"), ["Oak."]);
}
