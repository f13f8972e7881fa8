use converse::prelude::*;

conversation! {
    Visit {
        on "cancel" { return }
        let a: u8 = ask "One?" on => return;
        say "{a}";
    }
}

fn main() {}
