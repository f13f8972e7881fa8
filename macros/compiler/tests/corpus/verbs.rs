/// Every way to say what happens next, and everything that is listened for.
Support(known: Option<String>, topics: Vec<String>) -> Option<u32> {
    on "cancel" | "stop" => { say "Bye."; return None }
    let mut known: Option<String> = known;
    let name: String = ask "Name?"
        unless known.take()
        within 10s else ["Are you there?", { say "Well."; wait }]
        tries 3 else close 4001, "no name"
        where !name.is_empty() else ["Please.", "Really, please."];
    let topic: String = ask "About {}?", topics.join(", ")
        among &topics
        on "help" => answer topics[0].clone();
    for text: Option<String> in lines(&topic) {
        let more: Option<String> = ask "More?" verbatim;
        if more.is_none() {
            goto name
        }
        say "{text:?} {more:?}";
    }
    Some(name.len() as u32)
}
