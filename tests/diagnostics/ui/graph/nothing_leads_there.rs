use converse::prelude::*;

conversation! {
    Visit(known: bool) -> u8 {
        if known { return 1 } else { return 2 }
        let age: u8 = ask "Age?";
        age
    }
}

fn main() {}
