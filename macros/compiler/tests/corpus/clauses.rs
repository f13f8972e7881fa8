/// Every clause, and both kinds of action.
pub Guess(secret: u8, patience: Duration) -> Option<u8> {
    let mut tries = 0u8;
    let guess: u8 = ask "A number, {}?", tries
        where guess < 100 else "Less than 100."
        where guess % 2 == 0 else {
            tries += 1;
            say "Odd.";
            retry
        }
        within patience else { return None }
        else |problem| {
            say "{problem}!";
            if tries > 1 {
                return Some(0);
            }
            retry
        };
    let name: String = ask "Your name?" within 30s;
    say Json(&name);
    if guess == secret { Some(guess) } else { None }
}
