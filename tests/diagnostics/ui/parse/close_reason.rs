use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?";
        if a == 1 { close 4001, "the kitchen has closed, and so has the bar, and whoever is still hungry or thirsty is kindly asked to come back tomorrow at eight"; }
        close 4002, "{a}";
    }
}

fn main() {}
