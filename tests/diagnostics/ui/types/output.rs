use converse::prelude::*;

conversation! {
    Visit -> u8 {
        let name: String = ask "Name?";
        name
    }
}

fn main() {}
