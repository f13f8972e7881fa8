use converse::prelude::*;

conversation! {
    Visit {
        let age: u8 = ask "Your age?" else "A number!" else "Digits!";
        say "{age}";
    }
}

fn main() {}
