use converse::prelude::*;

conversation! {
    Visit {
        let email: String = ask "Email?";
        if email.is_empty() {
            let email: String = ask "Really, your email?";
            say "{email}";
        }
    }
}

fn main() {}
