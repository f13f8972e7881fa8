//! What happens next: `wait`, `answer`, `goto`, `close`; lists, `tries`, `unless`, `among`, `verbatim`, `on`, `for`.

use converse::prelude::*;
use converse::{Clock, Close};

use crate::dialogue::{Dialogue, remembered};

conversation! {
    /// Escalates, gives up, waits on, and answers itself.
    Patience -> Option<u8> {
        let age: u8 = ask "Age?"
            where age < 120 else "Really?"
            within 10s else ["Are you there?", { say "Well."; wait }, answer 18]
            tries 4 else { return None }
            else ["A number, please.", "Digits only, like 42."];
        Some(age)
    }
}

#[test]
fn refusals_and_silences_escalate_and_are_counted_apart() {
    let mut dialogue = Dialogue::start(Patience, &["Age?"]);
    dialogue.reply("x", &["A number, please.", "Age?"]);
    dialogue.silence(&["Are you there?", "Age?"]);
    dialogue.reply("y", &["Digits only, like 42.", "Age?"]);
    dialogue.silence(&["Well."]);
    assert_eq!(dialogue.clock(), Clock::Unchanged);
    dialogue.reply("200", &["Really?", "Age?"]);
    assert_eq!(remembered::<Patience>(), ["age(age_refused: u32, age_silent: u32)"]);
    dialogue.reply("z", &[]);
    assert_eq!(dialogue.output, Some(None));

    let mut dialogue = Dialogue::start(Patience, &["Age?"]);
    dialogue.silence(&["Are you there?", "Age?"]).silence(&["Well."]).silence(&[]);
    assert_eq!(dialogue.output, Some(Some(18)));
}

conversation! {
    /// Goes back and forth, and closes by itself.
    Form(known: Option<String>) -> String {
        let mut known: Option<String> = known;
        let name: String = ask "Name?"
            unless known.take()
            where !name.is_empty() else "Please.";
        let city: String = ask "City, {name}?";
        let right: String = ask "{name} in {city}?";
        match right.as_str() {
            "yes" => {}
            "city" => goto city,
            "name" => {
                say "Again.";
                goto name
            }
            "never" => close 4001, "as you like, {name}",
            _ => close 4000 + u16::from(city.is_empty()),
        }
        format!("{name}/{city}")
    }
}

#[test]
fn goto_asks_again_and_close_closes() {
    let mut dialogue = Dialogue::start(Form { known: None }, &["Name?"]);
    dialogue.reply("", &["Please.", "Name?"]).reply("Ada", &["City, Ada?"]).reply("Rome", &["Ada in Rome?"]);
    dialogue.reply("city", &["City, Ada?"]).reply("Oslo", &["Ada in Oslo?"]);
    dialogue.reply("name", &["Again.", "Name?"]).reply("Bob", &["City, Bob?"]).reply("Bern", &["Bob in Bern?"]);
    dialogue.reply("yes", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("Bob/Bern"));

    let known = || Form { known: Some("Eve".to_owned()) };
    let mut dialogue = Dialogue::start(known(), &["City, Eve?"]);
    dialogue.reply("Rome", &["Eve in Rome?"]).reply("never", &[]);
    assert_eq!(dialogue.finish.close, Some(Close::new(4001, "as you like, Eve")));
    let mut dialogue = Dialogue::start(known(), &["City, Eve?"]);
    dialogue.reply("", &["Eve in ?"]).reply("what?", &[]);
    assert_eq!(dialogue.finish.close, Some(Close::new(4001, "")));
    let diagram = Form::FLOW.to_mermaid().to_string();
    for edge in ["[*] --> city\n", "right --> city: goto\n", "right --> name: goto\n", "right --> [*]: closed 4001\n"] {
        assert!(diagram.contains(edge), "{edge} in {diagram}");
    }
}

conversation! {
    /// Options that are known only at run time, and replies that are not trimmed.
    Menu(dishes: Vec<String>) -> Vec<String> {
        let dish: String = ask "Which of {}?", dishes.join(", ")
            among &dishes
            else |problem| { say "{problem}."; retry };
        let extras: Vec<u8> = ask "Extras?"
            among [1, 5, 10]
            else "No such thing.";
        let sizes: Vec<u8> = ask "Sizes?";
        let note: Option<String> = ask "A note?";
        let raw: String = ask "Raw?" verbatim;
        vec![dish, format!("{extras:?} {sizes:?} {note:?}"), raw]
    }
}

#[test]
fn replies_are_among_options_or_lists_or_nothing() {
    let dishes = ["Soup", "Fish"].map(str::to_owned).to_vec();
    let mut dialogue = Dialogue::start(Menu { dishes }, &["Which of Soup, Fish?"]);
    dialogue.reply("cake", &["expected one of: Soup, Fish.", "Which of Soup, Fish?"]);
    dialogue.reply("2", &["Extras?"]).reply("7", &["No such thing.", "Extras?"]).reply("10, 1", &["Sizes?"]);
    dialogue.reply("3,4", &["A note?"]).reply(" ", &["Raw?"]).reply(" as is ", &[]);
    let expected = ["Fish", "[10, 1] [3, 4] None", " as is "].map(str::to_owned).to_vec();
    assert_eq!(dialogue.output, Some(expected));
}

conversation! {
    /// Listens beside the questions.
    Listening -> &'static str {
        let mut asked = 0u32;
        on "cancel" | "Stop" => { say "Bye."; return "cancelled" }
        on "help" => "Just answer.";
        let name: String = ask "Name?"
            on "who" => { say "You."; wait }
            where name != "x" else "No.";
        loop {
            on "help" => {
                asked += 1;
                say "Helped {asked} times.";
                retry
            }
            on "skip" => break;
            let more: String = ask "More, {name}?"
                on "help" => answer "helped".to_owned();
            let last: String = ask "Last, after {more}?"
                on "name" => goto name;
            if last == "end" {
                break;
            }
        }
        let free: String = ask "Free?" verbatim;
        if free == "cancel" {
            return "free";
        }
        "done"
    }
}

#[test]
fn words_are_heard_at_every_question_in_their_scope() {
    let mut dialogue = Dialogue::start(Listening, &["Name?"]);
    dialogue.reply("help", &["Just answer.", "Name?"]).reply("who", &["You."]);
    assert_eq!(dialogue.clock(), Clock::Unchanged);
    dialogue.reply("x", &["No.", "Name?"]).reply("Ada", &["More, Ada?"]);
    dialogue.reply("help", &["Last, after helped?"]);
    dialogue.reply("HELP ", &["Helped 1 times.", "Last, after helped?"]);
    dialogue.reply("help", &["Helped 2 times.", "Last, after helped?"]);
    dialogue.reply("name", &["Name?"]).reply("Bob", &["More, Bob?"]).reply("skip", &["Free?"]);
    assert_eq!(dialogue.reply("cancel", &[]).output, Some("free"), "verbatim listens to nothing");
    let mut dialogue = Dialogue::start(Listening, &["Name?"]);
    assert_eq!(dialogue.reply(" stop", &["Bye."]).output, Some("cancelled"));
}

conversation! {
    /// Keeps what is left of the items.
    Each(guests: Vec<(String, u8)>) -> u32 {
        let mut total: u32 = 0;
        'guests: for (name, tables) in guests {
            if name.is_empty() {
                continue;
            }
            for table: u8 in 1..=tables {
                let count: u32 = ask "How many at table {table} of {name}?";
                if count == 0 {
                    continue 'guests;
                }
                if count > 99 {
                    break 'guests;
                }
                total += count;
            }
        }
        total
    }
}

#[test]
fn a_for_goes_on_with_what_is_left() {
    let guests = vec![("Ada".to_owned(), 2), (String::new(), 3), ("Bob".to_owned(), 3)];
    let mut dialogue = Dialogue::start(Each { guests }, &["How many at table 1 of Ada?"]);
    dialogue.reply("4", &["How many at table 2 of Ada?"]).reply("0", &["How many at table 1 of Bob?"]);
    dialogue.reply("x", &["How many at table 1 of Bob?"]).reply("5", &["How many at table 2 of Bob?"]);
    assert_eq!(dialogue.reply("100", &[]).output, Some(9));
    let dialogue = Dialogue::start(Each { guests: Vec::new() }, &[]);
    assert_eq!(dialogue.output, Some(0));
}
