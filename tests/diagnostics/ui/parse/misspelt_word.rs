use converse::prelude::*;

conversation! {
    Visit {
        sya "Hello.";
        let a: u8 = aks "One?" else "A number.";
        let b: u8 = ask "Two?" wehre b > 3 else "More than 3.";
        let c: u8 = ask "Three?" within 30s esle return;
        let d: u8 = ask "Four?" tires 3 else return;
        let e: u8 = ask "Five?" else "A number." verbatm;
        let f: u8 = ask "Six?" else { rety };
        let g: u8 = ask "Seven?" on "same" => rety;
        if g == 3 { gotoo a }
        clsoe 4001, "enough";
    }
}

fn main() {}
