use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?";
        if a == 1 { break } else if a == 2 { close 4001 }
        'here: {
            let b: u8 = ask "Two?";
            if b == 2 { continue 'here } else if b == 3 { break 'there }
            match b { 4 => continue, _ => return }
        }
    }
}

fn main() {}
