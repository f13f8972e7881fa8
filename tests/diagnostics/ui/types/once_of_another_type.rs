use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = once "one".to_owned();
        say "{a}";
    }
}

fn main() {}
