use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" tries -1 else return;
        let b: u8 = ask "Two?" tries "3" else return;
        let c: u8 = ask "Three?" tries 2.5 else return;
        say "{a}{b}{c}";
    }
}

fn main() {}
