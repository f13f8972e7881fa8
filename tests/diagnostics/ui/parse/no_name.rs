use converse::prelude::*;

conversation! {
    pub -> u8 { 1 }
}

fn main() {}
