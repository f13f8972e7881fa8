use converse::prelude::*;

conversation! {
    Visit {
        let (a, b): (u8, u8) = ask "Two numbers?";
        say "{a} {b}";
    }
}

fn main() {}
