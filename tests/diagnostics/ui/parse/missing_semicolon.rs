use converse::prelude::*;

conversation! {
    Visit {
        let name: String = ask "Name?" else "Again"
        let age: u8 = ask "Age?" else { say "A number." retry };
        say "Hello"
        say "{name}, {age}";
    }
}

fn main() {}
