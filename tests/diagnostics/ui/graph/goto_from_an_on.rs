use converse::prelude::*;

conversation! {
    Jump -> String {
        let first: bool = ask "First?" on "skip" => goto last;
        let total: String = format!("{first}");
        let last: String = ask "Last {total}?";
        last
    }
}

fn main() {}
