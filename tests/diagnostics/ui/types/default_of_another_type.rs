use converse::prelude::*;

struct Room(u8);

conversation! {
    Visit(#[default("one")] floor: u8) {
        #[default(Room(1).0.to_string())]
        let room: u8 = ask "Which room?";
        let age: u8 = ask "Your age?";
        say "{floor} {room} {age}";
    }
}

fn main() {}
