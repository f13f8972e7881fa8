use converse::prelude::*;

conversation! {
    Street -> String {
        let street: String = ask "Which street?";
        street
    }
}

conversation! {
    Visit {
        on outdated "coupon" => goto nmae;
        on outdated "phone" => goto street;
        on outdated "mobile" => goto elsewhere;
        let name: String = ask "Your name?";
        let street: String = run Street;
        say "{name}, {street}";
    }
}

fn main() {}
