use converse::prelude::*;

conversation! {
    Visit -> u8 {
        let age: u8 = ask "Age?" on "stop" => return;
        if age > 99 { return }
        age
    }
}

conversation! {
    Order {
        let dish: u8 = ask "Dish?";
        dish
    }
}

fn main() {}
