//! Who is old enough picks up to two books of a list, in a conversation of its own.

use converse::prelude::*;
use converse::testing::{assert_covered, dialogue};

use crate::dialogue::{Dialogue, remembered};

#[derive(Debug, PartialEq)]
struct Reader {
    name: String,
    age: u8,
    books: Vec<String>,
}

conversation! {
    /// Lets the reader pick from a list: what is picked is gone from it.
    Picking(offered: Vec<String>, most: u32) -> Vec<String> {
        let mut offered: Vec<String> = offered;
        let mut picked: Vec<String> = Vec::new();
        loop {
            if picked.len() as u32 == most || offered.is_empty() {
                break;
            }
            on "done" => break;
            let book: String = ask "Which one? {}, or done.", offered.join(", ")
                among &offered
                else "That is not on the list.";
            offered.retain(|offer| *offer != book);
            picked.push(book);
        }
        picked
    }
}

conversation! {
    Library -> Reader {
        let name: String = ask "Your name?";
        let age: u8 = ask "Your age?"
            else "A number, please.";
        let mut books: Vec<String> = Vec::new();
        if age >= 25 {
            let offered: Vec<String> = ["Emma", "Ulysses", "Dubliners"].map(str::to_owned).to_vec();
            let picked: Vec<String> = run Picking { offered, most: 2 };
            books = picked;
        }
        say "{name}, {} books.", books.len();
        Reader { name, age, books }
    }
}

#[test]
fn every_way_through_it_is_taken() {
    let visit = dialogue(|| Library);
    visit.check(
        "
        < Your name?
        > binary 0x00
        < Your name?
        > Ada
        < Your age?
        > old
        < A number, please.
        < Your age?
        > 36
        < Which one? Emma, Ulysses, Dubliners, or done.
        > ulysses
        < Which one? Emma, Dubliners, or done.
        > Ulysses
        < That is not on the list.
        < Which one? Emma, Dubliners, or done.
        > 2
        < Ada, 2 books.
        ! end
        ",
    );
    visit.check(
        "
        < Your name?
        > Ada
        < Your age?
        > 25
        < Which one? Emma, Ulysses, Dubliners, or done.
        > 1
        < Which one? Ulysses, Dubliners, or done.
        > Done
        < Ada, 1 books.
        ! end
        ",
    );
    visit.check(
        "
        < Your name?
        > Bob
        < Your age?
        > 24
        < Bob, 0 books.
        ! end
        ",
    );
    dialogue(|| Picking { offered: Vec::new(), most: 2 }).check("! end");
    assert_covered!(Library);
    assert_covered!(Picking);
}

#[test]
fn done_ends_early_and_the_young_are_not_asked() {
    let mut dialogue = Dialogue::start(Library, &["Your name?"]);
    dialogue.reply("Ada", &["Your age?"]).reply("25", &["Which one? Emma, Ulysses, Dubliners, or done."]);
    dialogue.reply("1", &["Which one? Ulysses, Dubliners, or done."]).reply("Done", &["Ada, 1 books."]);
    assert_eq!(dialogue.output.as_ref().map(|reader| reader.books.as_slice()), Some(&["Emma".to_owned()][..]));
    let mut dialogue = Dialogue::start(Library, &["Your name?"]);
    dialogue.reply("Bob", &["Your age?"]).reply("24", &["Bob, 0 books."]);
    assert_eq!(
        remembered::<Library>(),
        ["name()", "age(name: String)", "picked(name: String, age: u8, picked_run: Slot<Picking>)"]
    );
    assert_eq!(remembered::<Picking>(), ["book(most: u32, offered: Vec<String>, picked: Vec<String>)"]);
}
