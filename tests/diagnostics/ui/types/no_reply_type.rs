use converse::prelude::*;

conversation! {
    Visit {
        let when: std::time::Instant = ask "When?";
        say "{when:?}";
    }
}

fn main() {}
