use converse::prelude::*;

conversation! {
    Visit {
        on "help" => {
            let with: String = ask "With what?";
            say "{with}!";
            retry
        }
        let a: u8 = ask "One?";
        let b: u8 = ask "Two?";
        say "{a}{b}";
    }
}

fn main() {}
