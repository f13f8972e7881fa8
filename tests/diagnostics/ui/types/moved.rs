use converse::prelude::*;

conversation! {
    Visit -> String {
        let name: String = ask "Name?";
        drop(name);
        let age: u8 = ask "Age?";
        format!("{name} {age}")
    }
}

fn main() {}
