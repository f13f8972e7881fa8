use converse::prelude::*;

conversation! {
    Visit hears u8 {
        let name: String = ask "Name?";
        let sum: u8 = 1 + once two();
        let all: Vec<u8> = vec.iter().map(|x| { let y: u8 = once x; y }).collect();
        let event: u8 = async { let event: u8 = hear; event }.await;
        let again = || { revise name; };
        say "{name} {sum} {all:?} {event}";
    }
}

fn main() {}
