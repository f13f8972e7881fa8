use converse::prelude::*;

conversation! {
    Visit<T: Remember, const N: usize> -> Option<T> {
        let a: u8 = ask "One?";
        say "{a}";
        None
    }
}

fn main() {}
