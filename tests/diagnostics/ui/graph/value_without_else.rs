use converse::prelude::*;

conversation! {
    Visit(known: bool) -> u8 {
        let age: u8 = if known {
            let asked: u8 = ask "Age?";
            asked
        };
        age
    }
}

fn main() {}
