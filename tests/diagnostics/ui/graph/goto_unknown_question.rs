use converse::prelude::*;

conversation! {
    Visit {
        let name: String = ask "Name?";
        if name.is_empty() { goto nmae }
        loop {
            let inner: u8 = ask "Inner?";
            if inner > 3 { break }
        }
        goto inner;
    }
}

fn main() {}
