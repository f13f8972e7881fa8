use converse::prelude::*;

conversation! {
    Visit {
        let a: u8 = ask "One?" where a else "No.";
        let b: u8 = ask "Two?" else { answer "two" };
        let c: u8 = ask "Three?" unless 3;
        let d: u8 = ask "Four?" among ["four"];
        let e: Vec<u8> = ask "Five?" among 5;
        let f: u8 = ask "Six?" within e;
        let g: u8 = ask "Seven?" tries d else return;
        let h: u8 = ask "Eight?" on "same" => answer e;
        say "{a}{b}{c}{d}{f}{g}{h}";
    }
}

fn main() {}
