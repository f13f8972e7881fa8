use converse::prelude::*;

conversation! {
    Visit(known: bool) -> String {
        match known {
            true => {
                let email: String = ask "Still the same email?";
                email
            }
            false => {
                let email: String = ask "Your email?";
                email
            }
        }
    }
}

fn main() {}
