//! A wrong jump: who takes back the dish is asked for the number instead.

/// With the bug.
pub mod broken {
    use converse::prelude::*;

    conversation! {
        /// Takes an order.
        pub Order {
            let dish: String = ask "Which dish?";
            let many: u8 = ask "How many?";
            let right: bool = ask "{many} {dish}, true or false?";
            if !right {
                goto many
            }
            say "Coming.";
        }
    }
}

/// Without it.
pub mod mended {
    use converse::prelude::*;

    conversation! {
        /// Takes an order.
        pub Order {
            let dish: String = ask "Which dish?";
            let many: u8 = ask "How many?";
            let right: bool = ask "{many} {dish}, true or false?";
            if !right {
                goto dish
            }
            say "Coming.";
        }
    }
}

#[cfg(test)]
mod tests {
    use converse::testing::dialogue;

    use super::{broken, mended};

    const DIALOGUE: &str = "
        < Which dish?
        > Soup
        < How many?
        > 2
        < 2 Soup, true or false?
        > false
        < Which dish?
        > Salad
        < How many?
        > 1
        < 1 Salad, true or false?
        > true
        < Coming.
        ! end
        ";

    #[test]
    #[should_panic(expected = "  > false\n- < Which dish?\n")]
    fn it_is_found() {
        dialogue(|| broken::Order).check(DIALOGUE);
    }

    #[test]
    fn without_it_all_is_well() {
        dialogue(|| mended::Order).check(DIALOGUE);
    }
}
