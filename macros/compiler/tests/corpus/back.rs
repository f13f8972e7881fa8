/// Back to the question before, also out of another conversation and from behind a loop.
Steps -> u32 {
    on "back" => back;
    let mut sum: u32 = 0;
    for item: String in items() {
        let count: u32 = ask "How many of {item}?"
            where count < 10 else { say "Too many."; back };
        sum += count;
    }
    let more: u32 = run Extras { sum };
    sum + more
}
