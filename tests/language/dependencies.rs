//! `with (…)`: what a conversation depends on is in scope everywhere in it, and is never stored.

use std::sync::Mutex;

use converse::Dependencies;
use converse::prelude::*;

use crate::dialogue::{Dialogue, remembered};

#[derive(Clone, Copy)]
struct Menu(&'static [&'static str]);

#[derive(Clone, Default)]
struct Kitchen(std::sync::Arc<Mutex<Vec<String>>>);

impl Kitchen {
    async fn cook(&self, dish: &str) -> usize {
        let mut orders = self.0.lock().expect("not poisoned");
        orders.push(dish.to_owned());
        orders.len()
    }
}

conversation! {
    Order(table: u8) with (menu: Menu, kitchen: Kitchen) -> usize {
        let dish: String = ask "Which of {}?", menu.0.join(", ")
            where menu.0.contains(&dish.as_str()) else "Not today.";
        let sure: bool = ask "{dish} for table {table}?";
        if !sure {
            return 0;
        }
        kitchen.cook(&dish).await
    }
}

#[test]
fn dependencies_are_in_scope_and_not_remembered() {
    let with = || OrderWith { menu: Menu(&["soup", "fish"]), kitchen: Kitchen::default() };
    let mut dialogue = Dialogue::start_with(Order { table: 4 }, with(), &["Which of soup, fish?"]);
    dialogue.reply("cake", &["Not today.", "Which of soup, fish?"]).reply("fish", &["fish for table 4?"]);
    assert_eq!(dialogue.reply("true", &[]).output, Some(1));
    assert_eq!(remembered::<Order>(), ["dish(table: u8)", "sure(table: u8, dish: String)"]);
}

#[derive(Clone)]
struct App {
    kitchen: Kitchen,
}

impl axum::extract::FromRef<App> for Kitchen {
    fn from_ref(app: &App) -> Self {
        app.kitchen.clone()
    }
}

impl axum::extract::FromRef<App> for Menu {
    fn from_ref(_: &App) -> Self {
        Menu(&["soup"])
    }
}

#[ws_route("/order/{table}")]
async fn order(table: u8) -> Order {
    Order { table }
}

#[test]
fn dependencies_come_out_of_the_state() {
    let app = App { kitchen: Kitchen::default() };
    let with = OrderWith::from_state(&app);
    assert!(std::sync::Arc::ptr_eq(&with.kitchen.0, &app.kitchen.0));
    let _: axum::Router = routes![order].with_state(app);
}

conversation! {
    /// Calls others by the name of what it depends on.
    Hidden with (menu: Menu) -> String {
        let many: usize = ask "How many?"
            else |menu| { say "{menu}"; retry }
            tries menu.0.len() as u32 + 1 else close 4000, "too many";
        let menu: String = ask "Which of them?"
            on "all" => { say "{}", menu.0.join(", "); retry };
        format!("{many} {menu}")
    }
}

#[test]
fn a_dependency_can_be_hidden_and_is_there_again() {
    let mut dialogue = Dialogue::start_with(Hidden, HiddenWith { menu: Menu(&["soup", "fish"]) }, &["How many?"]);
    dialogue.reply("x", &["invalid digit found in string", "How many?"]).reply("2", &["Which of them?"]);
    dialogue.reply("all", &["soup, fish", "Which of them?"]).reply("soup", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("2 soup"));
}
