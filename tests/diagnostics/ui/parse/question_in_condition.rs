use converse::prelude::*;

conversation! {
    Visit {
        if ask "Ready?" == "yes" { say "Then go."; }
        match ask "Which?" { "a" => say "A.", _ => {} }
        let mut again: bool = true;
        again = ask "Again?";
        say "{again}";
    }
}

fn main() {}
