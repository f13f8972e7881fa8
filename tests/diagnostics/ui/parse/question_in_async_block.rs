use converse::prelude::*;

conversation! {
    Visit {
        let later = async { let n: u8 = ask "How many?"; n };
        say "{}", later.await;
    }
}

fn main() {}
