use std::fmt::Display;

use converse::prelude::*;

conversation! {
    Visit<T: Display + Send + 'static>(thing: T) {
        let a: u8 = ask "{thing}?";
        say "{a}";
    }
}

fn main() {}
