use converse::prelude::*;

#[derive(serde::Serialize, serde::Deserialize)]
struct Point;

conversation! {
    Visit {
        let one: Option<Point> = ask "One?";
        let all: Vec<Point> = ask "All?";
        let text: &str = ask "Text?";
        say "{} {} {text}", one.is_some(), all.len();
    }
}

fn main() {}
