conversation! {
    Broken {
        let x: u8 =   ask "A?";
        let = 3;
    }
}

fn   not_ours( ) {}

conversation! {
    Whole { say   "x"; }
}

conversation! { 3 }

conversation! { NoBody -> u8 }

conversation! { Unfinished { say "a" say "b"; person. } }

conversation! {
    Skipped { if x { y = f( ask "A?" ); } }
}
