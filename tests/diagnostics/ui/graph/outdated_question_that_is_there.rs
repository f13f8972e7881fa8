use converse::prelude::*;

conversation! {
    Visit {
        on outdated "age" => goto name;
        let name: String = ask "Your name?";
        #[was = "name"]
        let age: u8 = ask "Your age?";
        say "{name} {age}";
    }
}

fn main() {}
