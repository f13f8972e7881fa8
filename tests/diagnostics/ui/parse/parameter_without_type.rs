use converse::prelude::*;

conversation! {
    Visit(name, age: u8) {
        say "{name}";
    }
}

conversation! {
    Order(mut dish: String) {
        say "{dish}";
    }
}

fn main() {}
