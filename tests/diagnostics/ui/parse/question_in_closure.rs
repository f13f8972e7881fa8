use converse::prelude::*;

conversation! {
    Visit {
        let later = || { let n: u8 = ask "How many?"; n };
        say "{}", later();
    }
}

fn main() {}
