use converse::prelude::*;

conversation! {
    Visit {
        let name: String = ask where !name.is_empty() else "Your name!";
        say "{name}";
    }
}

fn main() {}
