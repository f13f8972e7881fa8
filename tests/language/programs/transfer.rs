//! Money is transferred: what is not there is asked for again, the balance can be asked for in between, and the
//! confirmation takes a correction.

use converse::prelude::*;
use converse::testing::{assert_covered, dialogue};

use crate::dialogue::remembered;

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
fn every_way_through_it_is_taken() {
    let transfer = dialogue(|| Transfer { balance: 100 });
    transfer.check(
        "
        < To whom?
        >
        < Somebody has to get it.
        < To whom?
        > balance
        < You have 100.
        < To whom?
        > Ada
        < How much?
        > all
        < An amount, please.
        < How much?
        > 0
        < That is nothing.
        < How much?
        > 500
        < You have only 100.
        < How much?
        > balance
        < You have 100.
        < How much?
        > 60
        < 60 to Ada?
        > balance
        < You have 100.
        < 60 to Ada?
        > binary 0x00
        < 60 to Ada?
        > yes
        < Done, as number 63.
        ! end
        ",
    );
    transfer.check(
        "
        < To whom?
        > Ada
        < How much?
        > 60
        < 60 to Ada?
        > hm
        < Yes, or what is wrong: amount or recipient.
        < 60 to Ada?
        > recipient
        < To whom?
        >
        < Somebody has to get it.
        < To whom?
        > balance
        < You have 100.
        < To whom?
        > Bob
        < 60 to Bob?
        > balance
        < You have 100.
        < 60 to Bob?
        > amount
        < How much?
        > all
        < An amount, please.
        < How much?
        > 0
        < That is nothing.
        < How much?
        > 500
        < You have only 100.
        < How much?
        > balance
        < You have 100.
        < How much?
        > 70
        < 70 to Bob?
        > yes
        < Done, as number 73.
        ! end
        ",
    );
    transfer.check(
        "
        < To whom?
        > cancel
        < Nothing was transferred.
        ! end
        ",
    );
    transfer.check(
        "
        < To whom?
        > Ada
        < How much?
        > Cancel
        < Nothing was transferred.
        ! end
        ",
    );
    transfer.check(
        "
        < To whom?
        > Ada
        < How much?
        > 60
        < 60 to Ada?
        > cancel
        < Nothing was transferred.
        ! end
        ",
    );
    transfer.check(
        "
        < To whom?
        > Ada
        < How much?
        > 60
        < 60 to Ada?
        > amount
        < How much?
        > cancel
        < Nothing was transferred.
        ! end
        ",
    );
    transfer.check(
        "
        < To whom?
        > Ada
        < How much?
        > 60
        < 60 to Ada?
        > recipient
        < To whom?
        > cancel
        < Nothing was transferred.
        ! end
        ",
    );
    assert_covered!(Transfer);
}

#[test]
fn what_is_corrected_is_not_kept() {
    assert_eq!(remembered::<Transfer>()[4], "recipient_revised(balance: u32, amount: u32)");
}
