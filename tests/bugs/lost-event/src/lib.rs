//! A lost event: a handler that was meant for one kind of news takes the payment along with it.

use serde::{Deserialize, Serialize};

/// What a till is told.
#[derive(Serialize, Deserialize)]
pub enum News {
    /// So many cents came in.
    Paid(u32),
    /// The price is another one now.
    Price(u32),
}

/// With the bug.
pub mod broken {
    use converse::prelude::*;

    use super::News;

    conversation! {
        /// Takes an order, and is paid.
        pub Order hears News {
            let dish: String = ask "Which dish?"
                on _ => { say "The menu has changed."; retry };
            let paid: News = hear;
            match paid {
                News::Paid(cents) => say "{cents} cents for {dish}.",
                News::Price(_) => say "Too late for another price.",
            }
        }
    }
}

/// Without it.
pub mod mended {
    use converse::prelude::*;

    use super::News;

    conversation! {
        /// Takes an order, and is paid.
        pub Order hears News {
            let dish: String = ask "Which dish?"
                on News::Price(_) => { say "The menu has changed."; retry };
            let paid: News = hear;
            match paid {
                News::Paid(cents) => say "{cents} cents for {dish}.",
                News::Price(_) => say "Too late for another price.",
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use converse::testing::dialogue;

    use super::{broken, mended};

    const DIALOGUE: &str = "
        < Which dish?
        * Paid(250)
        > Soup
        < 250 cents for Soup.
        ! end
        ";

    #[test]
    #[should_panic(
        expected = "  * Paid(250)\n+ < The menu has changed.\n+ < Which dish?\n  > Soup\n- < 250 cents for Soup.\n"
    )]
    fn it_is_found() {
        dialogue(|| broken::Order).check(DIALOGUE);
    }

    #[test]
    fn without_it_all_is_well() {
        dialogue(|| mended::Order).check(DIALOGUE);
    }
}
