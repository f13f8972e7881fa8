//! An endless loop: what is counted down never becomes less.

/// With the bug.
pub mod broken {
    use converse::prelude::*;

    conversation! {
        /// Rings a bell.
        pub Bell {
            let times: u8 = ask "How many times?";
            let left: u8 = times;
            while left > 0 {
                once left;
            }
            say "It rang.";
        }
    }
}

/// Without it.
pub mod mended {
    use converse::prelude::*;

    conversation! {
        /// Rings a bell.
        pub Bell {
            let times: u8 = ask "How many times?"
                where times < 10 else "Not so often.";
            let mut left: u8 = times;
            while left > 0 {
                once left;
                left -= 1;
            }
            say "It rang.";
        }
    }
}

#[cfg(test)]
mod tests {
    use converse::testing::dialogue;

    use super::{broken, mended};

    #[test]
    #[should_panic(expected = "Bell goes on and on by itself\n\n< How many times?\n> ")]
    fn it_is_found() {
        dialogue(|| broken::Bell).walk();
    }

    #[test]
    fn without_it_all_is_well() {
        dialogue(|| mended::Bell).walk();
    }
}
