use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?";
        match a {
            1 => say "{}, so you are alone.", a,
            2 => say "A pair.",
            _ => {}
        }
        match a {
            0 => say "{}{}", a, a + 1,
            3 => { say "{}", a; }
            _ => {}
        }
        match a {
            4 => {}
            n => say "{}", n.to_string()
        }
    }
}

fn main() {}
