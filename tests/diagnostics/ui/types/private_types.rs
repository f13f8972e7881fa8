use converse::prelude::*;

struct Person;

#[derive(serde::Serialize, serde::Deserialize)]
enum News {}

conversation! {
    pub Visit hears News -> Person {
        let news: News = hear;
        match news {}
    }
}

fn main() {}
