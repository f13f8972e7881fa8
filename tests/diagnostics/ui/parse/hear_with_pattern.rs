use converse::prelude::*;

conversation! {
    Visit hears (u32, u32) {
        let (cents, more): (u32, u32) = hear;
        say "{cents}{more}";
    }
}

fn main() {}
