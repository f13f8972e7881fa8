use converse::prelude::*;

conversation! {
    Visit(night: bool) {
        #[cfg(unix)]
        let name: String = ask "Name?";
        #[allow(unused_variables)]
        if night {
            let room: u8 = ask "Room?";
            say "{name}: {room}";
        }
        #[allow(clippy::all)]
        let plain = 3;
        say "{plain}";
    }
}

fn main() {}
