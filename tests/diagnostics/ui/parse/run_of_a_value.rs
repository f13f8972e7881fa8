use converse::prelude::*;

conversation! {
    Visit {
        let next = next();
        let street: String = run next();
        let number = run Number {};
        say "{street}";
    }
}

fn main() {}
