use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" where a > 3 else { "More than 3." };
        say "{a}";
    }
}

fn main() {}
