use converse::prelude::*;

conversation! {
    Visit {
        let a: String = ask "One?" verbatim verbatim;
        let b: u8 = ask "Two?" unless None unless Some(3);
        let c: u8 = ask "Three?" among [1, 2] among [3];
        let d: u8 = ask "Four?" tries 3 else return tries 4 else return;
        let e: String = ask "Five?" verbatim "text";
        let f: u8 = ask "Six?" unless;
        let g: u8 = ask "Seven?" among else "No.";
        say "{a}{b}{c}{d}{e}{f}{g}";
    }
}

fn main() {}
