use converse::prelude::*;

conversation! {
    Visit(name: String) -> String {
        let short: &str = name.trim();
        let parts: &[u8] = name.as_bytes();
        let age: u32 = ask "Age?";
        format!("{short} {parts:?} {age}")
    }
}

fn main() {}
