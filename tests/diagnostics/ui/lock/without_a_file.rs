use converse::prelude::*;

conversation! {
    Order {
        let dish: String = ask "Which dish?";
        say "{dish}.";
    }
}

converse::lock!(Order);

fn main() {}
