use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" within 1min, else "A number.";
        let b: u8 = ask "Two?", where b > 3 else "More than 3.";
        let c: u8 = ask "Three?" { where c > 3 };
        let d: u8 = ask "Four?" else: "A number.";
        let e: u8 = ask "Five?" else => "A number.";
        let f: u8 = ask "Six?" timeout 3s;
        let g: u8 = ask "Seven, {}?", a, within 3s;
        say "{a}{b}{c}{d}{e}{f}{g}";
    }
}

fn main() {}
