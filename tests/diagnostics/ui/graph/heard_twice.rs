use converse::prelude::*;

conversation! {
    Visit {
        on "help" => "Say a number.";
        on "stop" | "Help" => return;
        let a: u8 = ask "One?";
        say "{a}";
    }
}

fn main() {}
