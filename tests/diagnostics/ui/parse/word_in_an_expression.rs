use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" where { say "Let me see."; a > 3 } else "More than 3.";
        let b: u8 = ask "Two?" unless { run Number };
        say "{a}{b}";
    }
}

fn main() {}
