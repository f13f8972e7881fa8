use converse::prelude::*;

conversation! {
    Visit(a: u8, a: u16) with (b: String, b: bool) -> u8 { a }
}

conversation! {
    Order(kitchen: u8) with (kitchen: u8) { say "{kitchen}"; }
}

fn visit() -> Visit {
    Visit { a: 3 }
}

fn main() {}
