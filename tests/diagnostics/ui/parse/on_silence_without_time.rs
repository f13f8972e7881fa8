use converse::prelude::*;

conversation! {
    Visit {
        on silence => "Hello?";
        on after => return;
        let a: u8 = ask "One?";
        on silence 0s => "Hello?";
        on after 5 => return;
        on after 3weeks => return;
        say "{a}";
    }
}

fn main() {}
