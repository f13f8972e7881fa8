use converse::prelude::*;

conversation! {
    Visit {
        let age: u8 = ask "Your age?" where else "Too young.";
        say "{age}";
    }
}

fn main() {}
