use converse::prelude::*;

conversation! {
    Nag -> u8 {
        let often: u8 = ask "How often?";
        loop {
            say "Not often enough.";
        }
    }
}

conversation! {
    /// These end, or let others run.
    Patient -> u8 {
        let often: u8 = ask "How often?";
        let mut left: u8 = often;
        loop {
            left -= 1;
            if left == 0 { break }
        }
        loop {
            say "{left}";
            std::future::ready(()).await;
        }
    }
}

fn main() {}
