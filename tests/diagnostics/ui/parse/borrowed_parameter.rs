use converse::prelude::*;

conversation! {
    Visit(name: &str) with (words: &[String]) {
        say "{name}{words:?}";
    }
}

fn main() {}
