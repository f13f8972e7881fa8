use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?";
        if a == 1 { goto a b }
    }
}

fn main() {}
