use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" on "again" => revise;
        revise;
        revise 3;
        revise a.b;
        say "{a}";
    }
}

fn main() {}
