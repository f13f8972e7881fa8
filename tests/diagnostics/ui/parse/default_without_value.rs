use converse::prelude::*;

conversation! {
    Visit(#[default = 3] floor: u8) {
        #[default(1)]
        #[default(2)]
        let room: u8 = ask "Which room?";
        #[default()]
        let name: String = ask "Your name?";
        let age: u8 = ask "Your age?";
        say "{floor} {room} {name} {age}";
    }
}

fn main() {}
