use converse::prelude::*;

conversation! {
    Visit -> u8 {
        let name: String = ask "Name?";
        name.parse::<u8>()?
    }
}

conversation! {
    Nothing {
        let name: String = ask "Name?";
        let read = || name.parse::<u8>().ok().or(Some(u8::try_from(name.len()).ok()?));
        say "{:?}", read();
        if name.parse::<bool>()? { say "True." }
    }
}

fn main() {}
