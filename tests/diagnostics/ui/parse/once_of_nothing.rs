use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = once;
        once;
        say "{a}";
    }
}

fn main() {}
