use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = once 1;
        revise a;
        say "{a}";
    }
}

fn main() {}
