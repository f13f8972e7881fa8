//! A forgotten variable: part of what is remembered is left out where it is stored, and is 0 after a crash.

/// With the bug.
pub mod broken {
    use converse::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct Portion {
        dish: String,
        #[serde(skip)]
        many: u8,
    }

    conversation! {
        /// Takes an order.
        pub Order {
            let dish: String = ask "Which dish?";
            let many: u8 = ask "How many?";
            let portion: Portion = Portion { dish, many };
            let table: u8 = ask "Which table?";
            say "{} {} for table {table}.", portion.many, portion.dish;
        }
    }
}

/// Without it.
pub mod mended {
    use converse::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct Portion {
        dish: String,
        many: u8,
    }

    conversation! {
        /// Takes an order.
        pub Order {
            let dish: String = ask "Which dish?";
            let many: u8 = ask "How many?";
            let portion: Portion = Portion { dish, many };
            let table: u8 = ask "Which table?";
            say "{} {} for table {table}.", portion.many, portion.dish;
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
        < Which table?
        > 7
        < 2 Soup for table 7.
        ! end
        ";

    #[test]
    #[should_panic(expected = "  > 7\n- < 2 Soup for table 7.\n+ < 0 Soup for table 7.\n")]
    fn it_is_found() {
        dialogue(|| broken::Order).check(DIALOGUE);
    }

    #[test]
    fn without_it_all_is_well() {
        dialogue(|| mended::Order).check(DIALOGUE);
    }
}
