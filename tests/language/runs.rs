//! `run`: one conversation inside of another.

use converse::prelude::*;
use converse::{Clock, Close};

use crate::dialogue::{Dialogue, remembered};

conversation! {
    /// Asks for an address.
    Address(country: String) -> (String, u32) {
        on "help" => "A street and its number.";
        let street: String = ask "Street in {country}?"
            where !street.is_empty() else "A street, please.";
        let number: u32 = ask "Number?"
            within 30s else close 4002, "too slow"
            else "Digits.";
        (street, number)
    }
}

conversation! {
    /// Orders something to an address.
    Order(item: String) -> Option<String> {
        let country: String = ask "Country?";
        on "cancel" => { say "Cancelled."; return None }
        on "again" => retry;
        on "wait" => wait;
        let address: (String, u32) = {
            on "home" => answer("Home".to_owned(), 1);
            let asked: (String, u32) = run Address { country };
            asked
        };
        let sure: bool = ask "{item} to {} {}?", address.0, address.1;
        if !sure {
            goto country
        }
        Some(format!("{item}@{}", address.1))
    }
}

fn order() -> Order {
    Order { item: "Tea".to_owned() }
}

#[test]
fn a_conversation_waits_in_another() {
    let mut dialogue = Dialogue::start(order(), &["Country?"]);
    dialogue.reply("France", &["Street in France?"]);
    assert_eq!(dialogue.question(), "asked");
    dialogue.reply("", &["A street, please.", "Street in France?"]).reply("Rue A", &["Number?"]);
    assert_eq!(dialogue.clock(), Clock::Within(std::time::Duration::from_secs(30)));
    dialogue.reply("x", &["Digits.", "Number?"]).reply("7", &["Tea to Rue A 7?"]);
    dialogue.reply("false", &["Country?"]).reply("Italy", &["Street in Italy?"]);
    dialogue.reply("Via B", &["Number?"]).reply("8", &["Tea to Via B 8?"]).reply("true", &[]);
    assert_eq!(dialogue.output, Some(Some("Tea@8".to_owned())));
    assert_eq!(
        remembered::<Order>(),
        [
            "country(item: String)",
            "asked(item: String, asked_run: Slot<Address>)",
            "sure(item: String, address: (String, u32))"
        ]
    );
}

#[test]
fn the_outer_one_hears_what_the_inner_one_does_not() {
    let inside = || {
        let mut dialogue = Dialogue::start(order(), &["Country?"]);
        dialogue.reply("France", &["Street in France?"]).reply("Rue A", &["Number?"]);
        dialogue
    };
    let mut dialogue = inside();
    dialogue.reply("help", &["A street and its number.", "Number?"]);
    dialogue.reply("again", &["Number?"]).reply("wait", &[]);
    assert_eq!(dialogue.clock(), Clock::Unchanged);
    assert_eq!(dialogue.question(), "asked");
    assert_eq!(dialogue.reply("cancel", &["Cancelled."]).output, Some(None));
    let mut dialogue = inside();
    dialogue.reply("home", &["Tea to Home 1?"]);
    assert_eq!(dialogue.clock(), Clock::Unlimited, "the inner question's clock is not the next one's");
    let mut dialogue = inside();
    dialogue.silence(&[]);
    assert_eq!(dialogue.finish.close, Some(Close::new(4002, "too slow")));
}

#[derive(Clone, Default)]
struct Prices(u32);

conversation! {
    Pick with (prices: Prices) -> u32 {
        let count: u32 = ask "How many at {}?", prices.0;
        count * prices.0
    }
}

conversation! {
    Basket with (prices: Prices) -> u32 {
        let first: u32 = run Pick;
        let second: u32 = run self::Pick {};
        run Farewell { total: first + second };
        first + second + prices.0
    }
}

conversation! {
    Farewell(total: u32) {
        let _name: String = ask "{total}. Your name?";
    }
}

#[test]
fn what_is_run_gets_what_it_depends_on() {
    let with = (Prices(2), Prices(3));
    let with =
        (PickWith { prices: with.0.clone() }, (PickWith { prices: with.1 }, ((), BasketWith { prices: with.0 })));
    let mut dialogue = Dialogue::start_with(Basket, with, &["How many at 2?"]);
    dialogue.reply("4", &["How many at 3?"]).reply("5", &["23. Your name?"]);
    assert_eq!(dialogue.question(), "farewell");
    assert_eq!(dialogue.reply("x", &[]).output, Some(25));
}

conversation! {
    /// Runs itself, as deep as one likes.
    Tree(depth: u32) -> u32 {
        on "stop" => answer 100;
        let children: u32 = ask "Children at {depth}?";
        let mut total: u32 = 1;
        for _child: u32 in 0..children {
            let below: u32 = run Box::new(Tree { depth: depth + 1 });
            total += below;
        }
        total
    }
}

#[test]
fn a_conversation_may_run_itself() {
    let mut dialogue = Dialogue::start(Tree { depth: 0 }, &["Children at 0?"]);
    dialogue.reply("2", &["Children at 1?"]).reply("1", &["Children at 2?"]).reply("0", &["Children at 1?"]);
    assert_eq!(dialogue.reply("0", &[]).output, Some(4));
}
