//! A changed field: what an earlier release stored as a number is read as a text by this one.

/// With the bug.
pub mod broken {
    use converse::prelude::*;

    conversation! {
        /// Takes an order.
        pub Order {
            let dish: String = ask "Which dish?";
            let table: String = ask "Which table?";
            let sure: bool = ask "{dish} for table {table}, true or false?";
            say if sure { "Coming." } else { "Another time." };
            say "Table {table}.";
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
            let table: u16 = ask "Which table?";
            let sure: bool = ask "{dish} for table {table}, true or false?";
            say if sure { "Coming." } else { "Another time." };
            say "Table {table}.";
        }
    }
}

#[cfg(test)]
mod tests {
    use converse::testing::dialogue;

    use super::{broken, mended};

    #[test]
    #[should_panic(
        expected = "Order does not go on at `sure`: who comes back is told `This conversation has changed since."
    )]
    fn it_is_found() {
        dialogue(|| broken::Order).check_stored("stored");
    }

    #[test]
    fn without_it_all_is_well() {
        dialogue(|| mended::Order).check_stored("stored");
    }
}
