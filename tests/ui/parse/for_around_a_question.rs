use converse::prelude::*;

conversation! {
    Visit(items: Vec<String>) {
        for item in items {
            let more: bool = ask "More {item}?";
            say "{more}";
        }
    }
}

fn main() {}
