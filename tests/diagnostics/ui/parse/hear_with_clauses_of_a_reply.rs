use converse::prelude::*;

conversation! {
    Visit hears u32 {
        let a: u32 = hear where a > 1 else "No.";
        let b: u32 = hear tries 3 else retry;
        let c: u32 = hear among [1, 2] verbatim unless Some(3);
        say "{a}{b}{c}";
    }
}

fn main() {}
