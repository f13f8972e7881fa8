use converse::prelude::*;

conversation! {
    Order -> u8 with (kitchen: u8) { *kitchen }
}

conversation! {
    Visit: u8 { 1 }
}

conversation! {
    One { say "1"; }
    Two { say "2"; }
}

fn main() {}
