use converse::prelude::*;

conversation! {
    Visit(host: String) -> String {
        let name: String = ask "Name?";
        let names: Vec<String> = vec![name];
        let age: u8 = ask "Age?";
        say "Hello, {name}, who is {age}: {names:?}";
        drop(host);
        loop {
            let guess: String = ask "Who is the host?";
            if guess == host { return guess }
        }
    }
}

fn main() {}
