use converse::prelude::*;

conversation! {
    Visit {
        on cancel => return;
        let a: u8 = ask "One?" on Some(b) => answer b;
        say "{a}";
    }
}

fn main() {}
