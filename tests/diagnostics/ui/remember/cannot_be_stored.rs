use converse::prelude::*;

struct Thing;

conversation! {
    Visit {
        let thing: Thing = Thing;
        let a: u8 = ask "One?";
        drop((thing, a));
    }
}

fn main() {}
