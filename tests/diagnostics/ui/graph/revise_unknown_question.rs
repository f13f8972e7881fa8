use converse::prelude::*;

conversation! {
    Visit {
        let name: String = ask "Name?";
        revise nmae;
        revise elsewhere;
        say "{name}";
    }
}

fn main() {}
