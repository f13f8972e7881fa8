use converse::prelude::*;

conversation! {
    Visit -> u8 {
        let age: u8 = ask "Age?";
        return age;
        say "Bye.";
    }
}

fn main() {}
