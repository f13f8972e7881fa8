use converse::prelude::*;

conversation! {
    Visit {
        let (a, b): (u8, u8) = once pair();
        say "{a}{b}";
    }
}

fn main() {}
