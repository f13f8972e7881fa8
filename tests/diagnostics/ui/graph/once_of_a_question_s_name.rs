use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?";
        let a: u8 = once a + 1;
        say "{a}";
    }
}

fn main() {}
