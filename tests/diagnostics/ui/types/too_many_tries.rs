use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" tries 5000000000 else return;
        say "{a}";
    }
}

fn main() {}
