use converse::prelude::*;

conversation! {
    Visit {
        say "Hello!";
        on outdated => restart;
        let age: u8 = ask "Your age?"
            on outdated => "Gone.";
        if age > 17 {
            on outdated "coupon" => goto age;
            let name: String = ask "Your name?";
            say "{name}";
        }
    }
}

fn main() {}
