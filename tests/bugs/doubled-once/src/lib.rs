//! A `once` that runs twice: the way back to the question leads through it again, as another one with another key.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where money is taken from.
#[derive(Clone, Default)]
pub struct Account {
    cents: Arc<AtomicU32>,
}

impl Account {
    /// Takes it, and says how much was taken in all.
    pub fn charge(&self, cents: u32) -> u32 {
        self.cents.fetch_add(cents, Ordering::Relaxed) + cents
    }
}

/// With the bug.
pub mod broken {
    use converse::prelude::*;

    use super::Account;

    conversation! {
        /// Sells a ticket.
        pub Ticket with (account: Account) {
            let name: String = ask "Your name?";
            let charged: u32 = once account.charge(250);
            let right: bool = ask "{name}, true or false?";
            if !right {
                goto name
            }
            say "{name} has paid {charged} cents.";
        }
    }
}

/// Without it.
pub mod mended {
    use converse::prelude::*;

    use super::Account;

    conversation! {
        /// Sells a ticket.
        pub Ticket with (account: Account) {
            let name: String = ask "Your name?";
            let right: bool = ask "{name}, true or false?";
            if !right {
                goto name
            }
            let charged: u32 = once account.charge(250);
            say "{name} has paid {charged} cents.";
        }
    }
}

#[cfg(test)]
mod tests {
    use converse::testing::dialogue;

    use super::{Account, broken, mended};

    const DIALOGUE: &str = "
        < Your name?
        > Adda
        < Adda, true or false?
        > false
        < Your name?
        > Ada
        < Ada, true or false?
        > true
        < Ada has paid 250 cents.
        ! end
        ";

    #[test]
    #[should_panic(expected = "- < Ada has paid 250 cents.\n+ < Ada has paid 500 cents.\n")]
    fn it_is_found() {
        dialogue(|| broken::Ticket).with(Account::default).check(DIALOGUE);
    }

    #[test]
    fn without_it_all_is_well() {
        dialogue(|| mended::Ticket).with(Account::default).check(DIALOGUE);
    }
}
