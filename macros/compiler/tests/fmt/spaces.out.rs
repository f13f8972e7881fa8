conversation! {
    Spaces(a: u8) -> u8 {
        say "a";

        say "b";
        let x: u8 = ask "X?"
            where x > 3 else "no";

        x
    }
}
