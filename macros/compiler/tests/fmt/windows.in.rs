conversation! {
    Windows {
        // comment
        say   "a";
        let x: u8 = ask "X?" else "No.";
    }
}
