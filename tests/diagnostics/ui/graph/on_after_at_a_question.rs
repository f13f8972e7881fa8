use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" on after 5min => return;
        say "{a}";
    }
}

fn main() {}
