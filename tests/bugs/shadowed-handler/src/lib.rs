//! A handler that shadows: the one that takes every coin stands before the one for the coins that do not count.

use serde::{Deserialize, Serialize};

/// Something was thrown into the machine.
#[derive(Serialize, Deserialize)]
pub struct Coin {
    /// What it is worth, in cents.
    pub cents: u32,
}

/// With the bug.
pub mod broken {
    use converse::prelude::*;

    use super::Coin;

    conversation! {
        /// Sells from a machine.
        pub Machine hears Coin {
            on Coin { cents: 0 } => { say "That is a button."; wait }
            let number: u8 = ask "Which number?"
                on Coin { cents } => { say "{cents} cents."; wait };
            say "Here is {number}.";
        }
    }
}

/// Without it.
pub mod mended {
    use converse::prelude::*;

    use super::Coin;

    conversation! {
        /// Sells from a machine.
        pub Machine hears Coin {
            on Coin { cents: 0 } => { say "That is a button."; wait }
            let number: u8 = ask "Which number?"
                on Coin { cents: cents @ 1.. } => { say "{cents} cents."; wait };
            say "Here is {number}.";
        }
    }
}

#[cfg(test)]
mod tests {
    use converse::testing::{assert_covered, dialogue};

    use super::{broken, mended};

    #[test]
    #[should_panic(expected = "number -> number: on Coin { cents: 0 }, wait")]
    fn it_is_found() {
        dialogue(|| broken::Machine).hears("Coin { cents: 0 }").walk();
        assert_covered!(broken::Machine);
    }

    #[test]
    fn without_it_all_is_well() {
        dialogue(|| mended::Machine).hears("Coin { cents: 0 }").walk();
        assert_covered!(mended::Machine);
    }
}
