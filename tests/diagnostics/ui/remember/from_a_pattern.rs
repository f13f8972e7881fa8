use converse::prelude::*;

conversation! {
    Visit(order: Option<u32>) -> u32 {
        if let Some(order) = order {
            let sure: bool = ask "Sure?";
            if sure { return order }
        }
        0
    }
}

fn main() {}
