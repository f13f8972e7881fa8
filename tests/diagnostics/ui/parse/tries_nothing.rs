use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" tries 0 else { return };
        let b: u8 = ask "Two?" tries 3;
        let c: u8 = ask "Three?" tries else "No.";
        say "{a}{b}{c}";
    }
}

fn main() {}
