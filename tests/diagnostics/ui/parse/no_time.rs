use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" within 30;
        let b: u8 = ask "Two?" within "30s";
        let c: u8 = ask "Three?" within 30 s;
        say "{a}{b}{c}";
    }
}

fn main() {}
