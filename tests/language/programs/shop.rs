//! A shop with buttons. `/cancel` leaves it at any time, and whatever is no button is not understood.

use converse::prelude::*;
use converse::testing::{assert_covered, dialogue};

use crate::dialogue::Dialogue;

conversation! {
    /// Sells from a menu, until the client pays or leaves.
    Shop(stock: Vec<String>) -> Vec<String> {
        on "/cancel" => { say "Come again."; return Vec::new() }
        let mut basket: Vec<String> = Vec::new();
        loop {
            let button: String = ask "[buy] [basket] [pay]"
                among ["buy", "basket", "pay"].map(String::from)
                else "Unable to handle that.";
            match button.as_str() {
                "buy" => {
                    let product: String = ask "Which one? [{}]", stock.join("] [")
                        among &stock
                        else "Unable to handle that.";
                    say "{product} is in your basket.";
                    basket.push(product);
                }
                "basket" => {
                    say "You have {}.", basket.len();
                }
                _ if basket.is_empty() => say "There is nothing to pay.",
                _ => break,
            }
        }
        say "Thank you.";
        basket
    }
}

const MENU: &str = "[buy] [basket] [pay]";

fn shop() -> Shop {
    Shop { stock: ["tea", "cups"].map(str::to_owned).to_vec() }
}

#[test]
fn every_way_through_it_is_taken() {
    let visit = dialogue(shop);
    visit.check(
        "
        < [buy] [basket] [pay]
        > pay
        < There is nothing to pay.
        < [buy] [basket] [pay]
        > what?
        < Unable to handle that.
        < [buy] [basket] [pay]
        > buy
        < Which one? [tea] [cups]
        > milk
        < Unable to handle that.
        < Which one? [tea] [cups]
        > cups
        < cups is in your basket.
        < [buy] [basket] [pay]
        > basket
        < You have 1.
        < [buy] [basket] [pay]
        > pay
        < Thank you.
        ! end
        ",
    );
    visit.check(
        "
        < [buy] [basket] [pay]
        > /cancel
        < Come again.
        ! end
        ",
    );
    visit.check(
        "
        < [buy] [basket] [pay]
        > buy
        < Which one? [tea] [cups]
        > /cancel
        < Come again.
        ! end
        ",
    );
    assert_covered!(Shop);
}

#[test]
fn a_client_leaves_from_anywhere() {
    let mut dialogue = Dialogue::start(shop(), &[MENU]);
    dialogue.reply("/cancel", &["Come again."]);
    assert_eq!(dialogue.output, Some(Vec::new()));

    let mut dialogue = Dialogue::start(shop(), &[MENU]);
    dialogue.reply("buy", &["Which one? [tea] [cups]"]).reply("tea", &["tea is in your basket.", MENU]);
    dialogue.reply("buy", &["Which one? [tea] [cups]"]).reply("/cancel", &["Come again."]);
    assert_eq!(dialogue.output, Some(Vec::new()), "an order that was given up is none");
}
