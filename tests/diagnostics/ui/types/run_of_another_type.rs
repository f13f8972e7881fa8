use converse::prelude::*;

conversation! {
    House -> u8 {
        let number: u8 = ask "Number?";
        number
    }
}

conversation! {
    Visit {
        let number: String = run House;
        say "{number}";
    }
}

fn main() {}
