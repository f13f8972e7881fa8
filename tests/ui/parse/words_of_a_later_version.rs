use converse::prelude::*;

conversation! {
    Visit {
        let name: String = ask "Name?";
        let address: Address = run Street { name };
        let paid: u32 = once pay(&address).await;
        on silence 5min => return;
        revise name;
    }
}

fn main() {}
