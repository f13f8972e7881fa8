use converse::prelude::*;

#[derive(Clone)]
struct Kitchen;

conversation! {
    /// Takes an order.
    ///
    /// ```dialogue
    /// < Which dish?
    /// ```
    ///
    /// ```dialogue
    /// = Order { table: 4 }
    /// < Which dish?
    /// ```
    ///
    /// ```dialogue
    /// = Order { table: 4 }, with
    /// < Which dish?
    /// ```
    ///
    /// ```dialogue
    /// = Order { table: 4
    /// < Which dish?
    /// ```
    Order(table: u8) with (kitchen: Kitchen) {
        let dish: String = ask "Which dish?";
        say "{dish} for table {table}.";
    }
}

fn main() {}
