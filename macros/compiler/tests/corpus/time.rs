/// Silence and time, for a block at a time.
Waits(patience: Duration) -> u32 {
    on silence patience => ["Still there?", { return 0 }];
    let first: u32 = ask "First?";
    {
        on after 30d => return first;
        on silence 1h => wait;
        let second: u32 = ask "Second?";
        say "{second}.";
    }
    let third: u32 = ask "Third?"
        within 5s;
    third
}
