use converse::prelude::*;

conversation! {
    Visit {
        on "help" => ;
        let a: u8 = ask "One?" else;
        let b: u8 = ask "Two?" where b > 3 else within 1min else [];
        say "{a}{b}";
    }
}

fn main() {}
