use converse::prelude::*;

conversation! {
    Visit {
        on silence 5 * 60 => "Hello?";
        on after "5min".to_owned() => return;
        let a: u8 = ask "One?";
        say "{a}";
    }
}

fn main() {}
