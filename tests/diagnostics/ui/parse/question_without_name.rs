use converse::prelude::*;

conversation! {
    Visit {
        let _: u8 = ask "One?";
        let ref two: u8 = ask "Two?";
        say "{two}";
    }
}

fn main() {}
