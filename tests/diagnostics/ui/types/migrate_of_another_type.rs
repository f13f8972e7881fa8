use converse::prelude::*;

conversation! {
    Visit {
        on outdated "phone" => migrate from_phone;
        let name: String = ask "Your name?";
        say "{name}";
    }
}

fn from_phone(phone: String) -> u8 {
    phone.len() as u8
}

fn main() {}
