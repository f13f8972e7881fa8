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

// The mended one is held against what was released, where the table was a `u8`.
converse::lock!("conversations.lock": mended::Order);

#[cfg(test)]
mod tests {
    use std::path::Path;

    use converse::{__private::check_lock, Conversation};

    use super::broken;

    /// What the test that `lock!` makes does, which cannot be expected to fail; and whatever the environment says, it writes nothing.
    #[test]
    #[should_panic(expected = "Order/sure: `table` is `String` now, and was `u8`")]
    fn it_is_found() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        check_lock(folder, "conversations.lock", &[broken::Order::FLOW], None).unwrap_or_else(|why| panic!("{why}"));
    }
}
