use converse::prelude::*;

conversation! {
    Visit {
        on "help" => say "A number.";
        let a: u8 = ask "One?" else say "A number, please.";
        let b: u8 = ask "Two?" else |problem| "{problem}, try again.";
        say "{a}{b}";
    }
}

fn main() {}
