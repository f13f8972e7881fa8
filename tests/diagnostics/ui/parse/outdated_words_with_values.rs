use converse::prelude::*;

conversation! {
    Visit(name: String) {
        on outdated => restart "Once more, {name}.";
        let age: u8 = ask "Your age?";
        say "{name}, {age}";
    }
}

conversation! {
    Other {
        on outdated => close 4000, format!("Gone.");
        let age: u8 = ask "Your age?";
        say "{age}";
    }
}

fn main() {}
