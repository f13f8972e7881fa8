use converse::prelude::*;

conversation! {
    Visit {
        let news: u32 = hear;
        say "{news}";
    }
}

fn main() {}
