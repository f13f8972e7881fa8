use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?"
            tries 3 else close 999, "three times"
            within 1min else close 1005;
        if a == 1 { close 1006, "lost" }
        match a { 2 => close 0, 3 => close 70000, "far", _ => {} }
        if a == 4 { close "four"; }
        if a == 5 { close 4001 "five"; }
        close 4000;
    }
}

fn main() {}
