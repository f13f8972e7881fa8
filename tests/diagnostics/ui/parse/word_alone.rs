use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" on "same" => answer;
        let b: u8 = ask "Two?" else goto;
        say;
        close;
        say "{a}{b}";
    }
}

fn main() {}
