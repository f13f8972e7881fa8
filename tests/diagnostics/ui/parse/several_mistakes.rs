use converse::prelude::*;

conversation! {
    Visit -> u8 {
        let name = ask "Name?";
        let = 3;
        let age: u8 = ask "Age?" where age > 17;
        retry;
        age
    }
}

fn main() {}
