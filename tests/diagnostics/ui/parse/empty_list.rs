use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" else [];
        say "{a}";
    }
}

fn main() {}
