/// A question asked again, from a statement and from another question's clause.
Corrects -> String {
    let least: usize = 2;
    let name: String = ask "Name?"
        where name.len() >= least else ["Longer.", "Longer!"];
    loop {
        let right: bool = ask "{name}?"
            on "older" => revise name;
        if right {
            break name;
        }
        revise name;
        say "{name}, then.";
    }
}
