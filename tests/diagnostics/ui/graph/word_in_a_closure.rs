use converse::prelude::*;

conversation! {
    Visit {
        fn shout() { say "HELLO"; }
        let a: u8 = ask "One?" else {
            let again = || { retry };
            again();
            retry
        };
        let tell = |x: u8| { say "{x}"; };
        let end = async { close 4001, "over" };
        tell(a);
        end.await;
        shout();
    }
}

fn main() {}
