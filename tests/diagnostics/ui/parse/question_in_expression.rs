use converse::prelude::*;

conversation! {
    Visit {
        let total: u32 = 1 + ask "How many?";
        say "{total}";
    }
}

fn main() {}
