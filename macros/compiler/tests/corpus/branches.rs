/// Questions in `if`, `if let` and `match`, and the values of both.
Branches(premium: bool, drink: Drink) -> String {
    if premium {
        let seat: String = ask "Which seat?";
        say "Seat {seat}.";
    }
    let sugar: u8 = match drink {
        Drink::Tea => {
            let lumps: u8 = ask "Lumps?";
            lumps
        }
        Drink::Coffee(strength) if strength > 3 => 0,
        _ => return "nothing".to_owned(),
    };
    let meal: String = if let Some(usual) = usual(sugar) {
        usual
    } else {
        let wish: String = ask "Your meal?";
        wish
    };
    format!("{meal}, {sugar}")
}
