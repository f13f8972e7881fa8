use converse::prelude::*;

conversation! {
    Visit(#[was = "land"] country: String) {
        say "{country}";
        #[default]
        let sum: u8 = 3;
        say "{sum}";
        #[default(7)]
        #[was = "years"]
        let age: u8 = ask "Your age?";
        say "{age}";
    }
}

fn main() {}
