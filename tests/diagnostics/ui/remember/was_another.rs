use converse::prelude::*;

conversation! {
    Visit(country: String) {
        #[was = "country"]
        let name: String = ask "Your name?";
        #[was = "years"]
        let age: u8 = ask "Your age?";
        #[was = "years"]
        let since: u8 = age;
        let city: String = ask "Your city?";
        say "{country} {name} {age} {since} {city}";
    }
}

fn main() {}
