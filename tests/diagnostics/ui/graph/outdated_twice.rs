use converse::prelude::*;

conversation! {
    Visit {
        on outdated => restart;
        on outdated => park;
        on outdated "coupon" => goto name;
        on outdated "phone" | "coupon" => migrate from_phone;
        #[was = "phone"]
        let name: String = ask "Your name?";
        say "{name}";
    }
}

fn main() {}
