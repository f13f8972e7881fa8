/// One name, many variables; and a value that comes later than its `let`.
Shadows(x: u32) -> String {
    let n: u32 = x;
    let total: u32;
    {
        let n: String = format!("{}-inner", n + 1);
        let first: String = ask "Inner {n}?";
        let n: usize = n.len();
        let second: String = ask "Length {n} {first}?";
        total = second.len() as u32;
    }
    let x: String = format!("x{x}");
    let third: String = ask "Outer {n}?";
    format!("{n} {x} {third} {total}")
}
