use converse::prelude::*;

conversation! {
    Visit {
        let name: String = ask "Name?" tries 3 else "Enough.";
        on "cancel" => return;
        let address: Address = run Street { name };
        goto name;
    }
}

fn main() {}
