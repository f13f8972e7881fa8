use converse::prelude::*;

conversation! {
    Visit {
        let name = ask "What is your name?";
        say "{name}";
    }
}

fn main() {}
