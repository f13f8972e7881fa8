use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?"
            on "help" => "A number."
            on "stop" | "Help" => return;
        let b: u8 = ask "Two?" on "same" | "SAME " => answer a;
        say "{b}";
    }
}

fn main() {}
