use converse::prelude::*;

conversation! {
    Visit<'a>(name: &'a str) {
        say "{name}";
    }
}

fn main() {}
