use converse::prelude::*;

conversation! {
    Visit(known: bool) -> u8 {
        let age = if known { 3 } else {
            let asked: u8 = ask "Age?";
            asked
        };
        age
    }
}

fn main() {}
