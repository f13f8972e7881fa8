conversation! {
    Nested {
        loop {
            if let Some(x) = next() {
                match x {
                    A(y) if y > 3 => {
                        let z: u8 = ask "Z?"
                            else {
                                if y > 4 {
                                    say "Four.";
                                    retry
                                } else {
                                    return;
                                }
                            };
                        say "{z}";
                    }
                    B => say "B.",
                    C => {
                        say "C {}", x
                    }
                    D => goto z,
                    E => close 4001, "bye",
                    F => close n,
                    "g" => retry,
                    _ => {
                        let w: u8 = match z {
                            1 => {
                                say "one";
                                1
                            }
                            other => other,
                        };
                    }
                }
            }
        }
        'outer: for item: Vec<(u8, String)> in items.into_iter().filter(|item| item.len() > 3) {
            let deep: String = ask "Deep?"
                where check(|x| {
                    if x {
                        return false;
                    }
                    true
                }) else {
                    for x in y {
                        say "{x}";
                    }
                    retry
                }
                within 1min else [
                    {
                        let q: u8 = 1;
                        answer q
                    },
                ];
            continue 'outer;
        }
        let Some(a) = b else {
            goto deep
        };
        let c = items.iter().map(|item| if item.is_empty() { 1 } else { 2 }).sum::<u32>();
        on "x" => ["a", "b"];
        on "y" => { say "y"; return; }
        say match c {
            1 => "one",
            _ => "many",
        };
        answer if c > 1 { d } else { e };
    }
}
