use converse::prelude::*;

conversation! {
    Visit {
        on after 5min => ["Hurry.", "Hurry!"];
        let a: u8 = ask "One?";
        say "{a}";
    }
}

fn main() {}
