use converse::prelude::*;

conversation! {
    Visit {
        let name: String = ask "Name?";
        let paid: u32 = once pay(&name).await;
        on silence 5min => return;
        revise name;
    }
}

fn main() {}
