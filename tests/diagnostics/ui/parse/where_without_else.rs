use converse::prelude::*;

conversation! {
    Visit {
        let age: u8 = ask "Your age?" where age > 17;
        say "{age}";
    }
}

fn main() {}
