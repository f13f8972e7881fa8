use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" on "two" => answer "two";
        say "{a}";
    }
}

fn main() {}
