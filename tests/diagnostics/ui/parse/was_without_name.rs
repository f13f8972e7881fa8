use converse::prelude::*;

conversation! {
    Visit(#[was] country: String) {
        #[was("phone")]
        let mobile: String = ask "Your number?";
        #[was = ""]
        let name: String = ask "Your name?";
        #[was = "years"]
        #[was = "years"]
        let age: u8 = ask "Your age?";
        say "{country} {mobile} {name} {age}";
    }
}

fn main() {}
