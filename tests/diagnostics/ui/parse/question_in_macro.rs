use converse::prelude::*;

conversation! {
    Visit {
        let text: String = format!("{}", ask "What?");
        println!("{}", ask "Really?");
        let all: Vec<u8> = vec![3, ask "Which?"];
        say "{text}{all:?} {}", ask "And?";
        say ask "What then?";
    }
}

fn main() {}
