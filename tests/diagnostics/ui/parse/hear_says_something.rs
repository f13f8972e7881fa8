use converse::prelude::*;

conversation! {
    Visit hears u32 {
        let a: u32 = hear "A number.";
        let b: u32 = hear text within 5s;
        say "{a}{b}";
    }
}

fn main() {}
