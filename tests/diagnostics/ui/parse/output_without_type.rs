use converse::prelude::*;

conversation! {
    Visit -> {
        let age: u8 = ask "Age?";
        age
    }
}

fn main() {}
