use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" where a > 2 else if a > 1 { "Nearly." } else { "No." };
        let b: u8 = ask "Two?" else if a > 3 { retry } else { return };
        let c: u8 = ask "Three?" on "skip" => match b { 1 => { answer 3 } _ => { goto a } };
        say "{a}{b}{c}";
    }
}

fn main() {}
