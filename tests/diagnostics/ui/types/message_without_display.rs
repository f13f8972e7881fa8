use converse::prelude::*;

conversation! {
    Visit {
        let password: Secret<String> = ask "Password?";
        let words: Vec<String> = ask "Words?";
        let sure: bool = ask "Sure of {words}?";
        say "{password} {sure}";
    }
}

fn main() {}
