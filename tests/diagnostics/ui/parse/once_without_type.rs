use converse::prelude::*;

conversation! {
    Visit {
        let a = once 1 + 1;
        say "{a}";
    }
}

fn main() {}
