//! A time-out that fires twice: the client is to be reminded once, and is reminded for as long as it is silent.

/// With the bug.
pub mod broken {
    use converse::prelude::*;

    conversation! {
        /// Takes an order.
        pub Order {
            let dish: String = ask "Which dish?"
                within 1min else { say "The kitchen closes soon."; retry };
            say "{dish}, at once.";
        }
    }
}

/// Without it.
pub mod mended {
    use converse::prelude::*;

    conversation! {
        /// Takes an order.
        pub Order {
            let dish: String = ask "Which dish?"
                within 1min else [{ say "The kitchen closes soon."; retry }, { close 4001, "closed" }];
            say "{dish}, at once.";
        }
    }
}

#[cfg(test)]
mod tests {
    use converse::testing::dialogue;

    use super::{broken, mended};

    const DIALOGUE: &str = "
        < Which dish?
        ~ 1min
        < The kitchen closes soon.
        < Which dish?
        ~ 1min
        ! 4001 closed
        ";

    #[test]
    #[should_panic(expected = "  ~ 1min\n- ! 4001 closed\n+ < The kitchen closes soon.\n+ < Which dish?\n")]
    fn it_is_found() {
        dialogue(|| broken::Order).check(DIALOGUE);
    }

    #[test]
    fn without_it_all_is_well() {
        dialogue(|| mended::Order).check(DIALOGUE);
    }
}
