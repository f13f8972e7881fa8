use converse::prelude::*;

conversation! {
    Visit(known: bool) -> String {
        if known { goto age }
        let name: String = ask "Name?";
        let title: String = name.to_uppercase();
        let age: u8 = ask "Age, {title}?";
        format!("{name} {age}")
    }
}

fn main() {}
