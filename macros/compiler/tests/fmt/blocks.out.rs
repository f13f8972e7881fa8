conversation! {
    Blocks {
        let a: u8 = ask "?"
            else { say "one"; retry };
        let b: u8 = ask "?"
            else {
                say "one";
                say "two";
                retry
            };
        let c: u8 = ask "?"
            else { say "{}", a; return Some(a); };
        let d: u8 = ask "?"
            else { say "a message that is quite long, so that this block does not have a place on one line"; retry };
        let e: u8 = ask "?"
            else |p| {
                x();
                retry
            };
        let f: u8 = ask "?"
            else { retry }
            within 3s else {};
        let g: u8 = ask "?"
            else {
                return match p {
                    1 => A,
                    _ => B,
                };
            };
        on "a" => { break 'b }
        on "b" => {
            if x {
                retry
            }
            wait
        }
    }
}
