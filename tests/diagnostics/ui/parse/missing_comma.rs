use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" else ["A number." "Digits only."];
        let b: u8 = ask "Two?" else ["A number.", { retry } "Digits only."];
        let c: u8 = ask "Three, {}?" a;
        let d: u8 = ask "Four?".to_owned();
        let e: u8 = ask "Five?" else retry "now";
        say "{} {}" b, c;
        say "Bye.";
    }
}

fn main() {}
