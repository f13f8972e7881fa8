use converse::prelude::*;

conversation! {
    Order with kitchen: u8 {
        say "{kitchen}";
    }
}

fn main() {}
