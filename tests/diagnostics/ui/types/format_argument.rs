use converse::prelude::*;

conversation! {
    Visit {
        let name: String = ask "Name?";
        say "{name} {}";
        say "{nmae}";
    }
}

fn main() {}
