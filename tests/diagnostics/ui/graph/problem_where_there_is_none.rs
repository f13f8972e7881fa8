use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?"
            where a > 3 else |problem| { say "{problem}"; retry };
        say "{a}";
    }
}

fn main() {}
