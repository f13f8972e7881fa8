/// Runs another conversation, and itself.
Tree(depth: u32) with (names: Names) -> u32 {
    on "stop" | "cancel" => answer 100;
    on "help" => wait;
    let name: String = run Naming { depth };
    let children: u32 = ask "Children of {name}?";
    let mut total: u32 = names.len() as u32;
    for child: u32 in 0..children {
        let below: u32 = run Box::new(Tree { depth: depth + child });
        total += below;
    }
    run Farewell;
    total
}
