use converse::prelude::*;

#[derive(serde::Serialize, serde::Deserialize)]
enum News {
    Paid(u32),
}

conversation! {
    Visit hears News {
        let news: u32 = hear;
        say "{news}";
    }
}

fn main() {}
