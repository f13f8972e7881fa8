use converse::prelude::*;

conversation! {
    Visit(known: bool) -> u8 {
        if known { goto age }
        on after 30min => { say "That takes too long."; return 0 }
        let name: String = ask "Name?";
        say "Hello, {name}.";
        let age: u8 = ask "Age?";
        age
    }
}

fn main() {}
