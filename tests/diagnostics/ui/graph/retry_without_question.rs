use converse::prelude::*;

conversation! {
    Visit {
        let name: String = ask "Name?";
        if name.is_empty() { retry }
        say "{name}";
    }
}

fn main() {}
