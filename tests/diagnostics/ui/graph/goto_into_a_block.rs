use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?";
        if a == 3 { goto c }
        if a == 4 {
            let b: u8 = ask "Two?";
            say "{b}";
        }
        loop {
            let c: u8 = ask "Three?";
            if c > 3 { break }
        }
        goto b;
    }
}

fn main() {}
