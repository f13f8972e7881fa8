use converse::prelude::*;

conversation! {
    Visit {
        let Some(name): Option<String> = ask "Name?" else { return };
        say "{name}";
    }
}

fn main() {}
