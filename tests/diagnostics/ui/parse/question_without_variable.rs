use converse::prelude::*;

conversation! {
    Visit {
        ask "What is your name?";
    }
}

fn main() {}
