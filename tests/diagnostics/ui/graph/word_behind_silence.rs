use converse::prelude::*;

conversation! {
    Visit {
        on silence 5min => { say "Hello?"; }
        on after 5min => { say "Hurry."; }
        let a: u8 = ask "One?";
        say "{a}";
    }
}

fn main() {}
