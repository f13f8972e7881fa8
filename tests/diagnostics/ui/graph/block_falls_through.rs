use converse::prelude::*;

conversation! {
    Visit {
        let age: u8 = ask "Your age?"
            where age > 17 else { say "Too young."; }
            within 1min else { if true { retry } }
            else |problem| { say "{problem}"; };
        say "{age}";
    }
}

fn main() {}
