use converse::prelude::*;

conversation! {
    Visit {
        on outdated;
        on outdated => begin;
        on outdated => ;
        on outdated "coupon" =>;
        on outdated "coupon" => restart;
        on outdated => goto age;
        on outdated => migrate from_phone;
        on outdated => park "later";
        let age: u8 = ask "Your age?";
        say "{age}";
    }
}

fn main() {}
