use converse::prelude::*;

conversation! {
    Visit(country: String) {
        let name: String = ask "Your name?";
        #[default(format!("{name} of {country}"))]
        let title: String = ask "Your title?";
        let age: u8 = ask "Your age?";
        say "{name} {title} {age}";
    }
}

fn main() {}
