//! Dialogues in the documentation of conversations: each is a test of its own, beside the conversation.

use converse::prelude::*;
use converse::testing::dialogue;

use crate::bugs::failure;

conversation! {
    /// Gets to know somebody.
    ///
    /// ```dialogue
    /// < Your name?
    /// >
    /// < Your name?
    /// > Ada
    /// < Hello, Ada.
    /// ! end
    /// ```
    ///
    /// What is written in another language is none of ours:
    ///
    /// ````text
    /// < Your age?
    /// ```
    /// ````
    ///
    /// ```dialogue
    /// # Spaces around a name do not count.
    /// < Your name?
    /// > "  Grace "
    /// < Hello, Grace.
    /// ! end
    /// ```
    Greeting {
        let name: String = ask "Your name?"
            where !name.is_empty() else retry;
        say "Hello, {name}.";
    }
}

#[derive(Clone)]
struct Kitchen {
    open: bool,
}

impl Kitchen {
    fn closed() -> Self {
        Kitchen { open: false }
    }
}

conversation! {
    /// Takes an order.
    ///
    /// ```dialogue
    /// = Order { table: 4 }, with Kitchen { open: true }
    /// < Which dish for table 4?
    /// > Soup
    /// < Soup.
    /// ! end
    /// ```
    ///
    /// ```dialogue
    /// = Order { table: 4 }, with Kitchen::closed()
    /// ! 4001 closed
    /// ```
    Order(table: u8) with (kitchen: Kitchen) {
        if !kitchen.open {
            close 4001, "closed"
        }
        let dish: String = ask "Which dish for table {table}?";
        say "{dish}.";
    }
}

#[test]
fn a_dialogue_is_there_for_each_block() {
    greeting_as_documented_1();
    greeting_as_documented_2();
    order_as_documented_1();
    order_as_documented_2();
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let report = failure(|| dialogue(|| Greeting).check_documented("src/hello.rs", "\n\n < Your name?\n < Your age?"));
    assert!(report.starts_with("src/hello.rs:3: the dialogue goes otherwise"), "{report}");
    let report = failure(|| dialogue(|| Greeting).check_documented("src/hello.rs", "\n\n < Your name?\n Ada"));
    assert!(report.starts_with("src/hello.rs:3: line 4: `Ada` begins with no sign"), "{report}");
}
