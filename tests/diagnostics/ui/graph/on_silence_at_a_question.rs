use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" on silence 5min => "Hello?";
        say "{a}";
    }
}

fn main() {}
