use converse::prelude::*;

conversation! {
    Visit hears u32 {
        let cents = hear;
        say "{cents}";
    }
}

fn main() {}
