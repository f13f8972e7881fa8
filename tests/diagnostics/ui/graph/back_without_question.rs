use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?";
        if a > 3 { back }
        back;
    }
}

fn main() {}
