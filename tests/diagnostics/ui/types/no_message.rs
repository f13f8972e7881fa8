use converse::prelude::*;

conversation! {
    Visit {
        say std::time::Duration::ZERO;
        let name: String = ask 3u8;
        say "{name}";
    }
}

fn main() {}
