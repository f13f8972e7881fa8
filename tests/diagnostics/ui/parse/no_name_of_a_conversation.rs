use converse::prelude::*;

conversation! {
    pub loop { say "Hello."; }
}

conversation! {
    pub async fn Visit() { say "Hello."; }
}

conversation! {
    struct Order { say "Hello."; }
}

fn main() {}
