//! Money is transferred: what is not there is asked for again, the balance can be asked for in between, and the
//! confirmation takes a correction.

use converse::prelude::*;

use crate::dialogue::{Dialogue, remembered};

/// Does it, and says under which number.
async fn execute(recipient: &str, amount: u32) -> u32 {
    amount + u32::try_from(recipient.len()).unwrap_or(0)
}

conversation! {
    /// Transfers money: to whom, and how much of it.
    Transfer(balance: u32) -> Option<u32> {
        on "cancel" => { say "Nothing was transferred."; return None }
        on "balance" => { say "You have {balance}."; retry }
        let recipient: String = ask "To whom?"
            where !recipient.is_empty() else "Somebody has to get it.";
        let amount: u32 = ask "How much?"
            where amount > 0 else "That is nothing."
            where amount <= balance else "You have only {balance}."
            else "An amount, please.";
        loop {
            let sure: String = ask "{amount} to {recipient}?";
            match sure.as_str() {
                "yes" => break,
                "amount" => revise amount,
                "recipient" => revise recipient,
                _ => say "Yes, or what is wrong: amount or recipient.",
            }
        }
        let number: u32 = once execute(&recipient, amount).await;
        say "Done, as number {number}.";
        Some(number)
    }
}

#[test]
fn what_is_not_there_is_asked_for_again() {
    let mut dialogue = Dialogue::start(Transfer { balance: 100 }, &["To whom?"]);
    dialogue.reply("Ada", &["How much?"]).reply("all", &["An amount, please.", "How much?"]);
    dialogue.reply("0", &["That is nothing.", "How much?"]);
    dialogue.reply("500", &["You have only 100.", "How much?"]);
    dialogue.reply("balance", &["You have 100.", "How much?"]);
    dialogue.reply("60", &["60 to Ada?"]).reply("yes", &["Done, as number 63."]);
    assert_eq!(dialogue.output, Some(Some(63)));
}

#[test]
fn the_confirmation_takes_a_correction_of_one_thing() {
    let mut dialogue = Dialogue::start(Transfer { balance: 100 }, &["To whom?"]);
    dialogue.reply("Ada", &["How much?"]).reply("60", &["60 to Ada?"]);
    dialogue.reply("hm", &["Yes, or what is wrong: amount or recipient.", "60 to Ada?"]);
    dialogue.reply("recipient", &["To whom?"]).reply("Bob", &["60 to Bob?"]);
    dialogue.reply("balance", &["You have 100.", "60 to Bob?"]);
    dialogue.reply("amount", &["How much?"]).reply("70", &["70 to Bob?"]).reply("yes", &["Done, as number 73."]);
    assert_eq!(dialogue.output, Some(Some(73)));
    assert_eq!(remembered::<Transfer>()[4], "recipient_revised(balance: u32, amount: u32)");
}

#[test]
fn it_is_cancelled_in_the_middle() {
    let mut dialogue = Dialogue::start(Transfer { balance: 100 }, &["To whom?"]);
    dialogue.reply("Ada", &["How much?"]).reply("Cancel", &["Nothing was transferred."]);
    assert_eq!(dialogue.output, Some(None));
}
