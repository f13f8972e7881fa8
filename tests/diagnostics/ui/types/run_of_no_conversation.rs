use converse::prelude::*;

struct House;

conversation! {
    Visit {
        let number: u8 = run House;
        say "{number}";
    }
}

fn main() {}
