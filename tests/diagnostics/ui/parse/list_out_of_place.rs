use converse::prelude::*;

conversation! {
    Visit {
        on "help" => ["A number.", "Digits only."];
        let a: u8 = ask "One?" else [["No.", "Really no."], "Enough."]
            on "more" => ["More.", "Even more."];
        say "{a}";
    }
}

fn main() {}
