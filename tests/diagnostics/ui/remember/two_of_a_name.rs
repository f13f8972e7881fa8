use converse::prelude::*;

conversation! {
    Visit(n: Option<u8>) -> u8 {
        match n {
            Some(n) if n > 3 => {
                let sure: bool = ask "Sure?";
                if sure { return 1 }
            }
            _ => {}
        }
        n.unwrap_or(0)
    }
}

fn main() {}
