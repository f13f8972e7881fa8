use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" within 0s;
        let b: u8 = ask "Two?" within 3weeks;
        let c: u8 = ask "Three?" within;
        let d: u8 = ask "Four?" within 1min within 2min;
        say "{a}{b}{c}{d}";
    }
}

fn main() {}
