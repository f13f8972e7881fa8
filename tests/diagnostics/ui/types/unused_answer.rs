#![deny(warnings)]

use converse::prelude::*;

conversation! {
    Visit {
        let name: String = ask "Name?";
    }
}

fn main() {
    let _ = Visit;
}
