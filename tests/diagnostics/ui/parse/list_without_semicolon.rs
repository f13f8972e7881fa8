use converse::prelude::*;

conversation! {
    Visit {
        on silence 1h => ["Still there?", { return }]
        let name: String = ask "Name?";
        say "Hello, {name}.";
        let age: u8 = ask "Age?";
        say "{age}";
    }
}

fn main() {}
