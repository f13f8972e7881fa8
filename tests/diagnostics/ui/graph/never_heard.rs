use converse::prelude::*;

conversation! {
    Visit {
        on "cancel" => return;
        on "help" => "Say a number.";
        {
            on "cancel" => close 4001, "cancelled";
            let a: u8 = ask "One?" on "help" => "Say a small number.";
            say "{a}";
        }
        if true {
            on "stop" => return;
            say "Nearly done.";
        }
        on "wait" => "There is nothing to wait for.";
        say "Bye.";
    }
}

fn main() {}
