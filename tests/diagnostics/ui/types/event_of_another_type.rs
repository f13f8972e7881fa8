use converse::prelude::*;

#[derive(serde::Serialize, serde::Deserialize)]
enum News {
    Paid(u32),
}

conversation! {
    Visit hears News {
        on Some(cents) => "{cents}";
        on News::Pid(cents) => "{cents}";
        let a: u8 = ask "One?" on News::Paid(cents) => answer cents;
        say "{a}";
    }
}

fn main() {}
