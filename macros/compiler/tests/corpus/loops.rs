/// Loops with labels, values, `break` and `continue` at any depth.
Shop -> Vec<String> {
    let mut basket: Vec<String> = Vec::new();
    let paid: u32 = 'order: loop {
        let item: String = ask "What else?";
        if item == "nothing" {
            if basket.is_empty() {
                continue;
            }
            break 'order 10;
        }
        basket.push(item);
        let mut left: u8 = 2;
        while left > 0 {
            let more: bool = ask "More of it? ({left})";
            if !more {
                continue 'order;
            }
            left -= 1;
        }
        match basket.len() {
            0..=3 => {}
            4 => say "Four!",
            _ => break 0,
        }
    };
    say "Paid {paid}.";
    basket
}
