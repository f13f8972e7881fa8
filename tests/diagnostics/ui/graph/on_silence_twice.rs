use converse::prelude::*;

conversation! {
    Visit {
        on silence 5min => "Hello?";
        on silence 1h => return;
        let a: u8 = ask "One?";
        say "{a}";
    }
}

fn main() {}
