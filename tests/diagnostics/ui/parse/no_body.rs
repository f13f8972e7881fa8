use converse::prelude::*;

conversation! {
    pub Visit -> u8
}

fn main() {}
