//! Conversations with generics.

use std::fmt::Display;
use std::str::FromStr;

use converse::{Remember, conversation};
use serde::{Deserialize, Serialize};

use crate::dialogue::{Dialogue, remembered};

conversation! {
    /// Picks one of some items.
    pub(crate) Pick<T, const MOST: usize = 3>(items: Vec<T>) -> Result<T, String>
    where
        T: Remember + Display + Clone,
    {
        let mut tries: usize = 0;
        loop {
            let number: usize = ask "1 to {}?", items.len()
                else "A number.";
            tries += 1;
            match items.get(number.wrapping_sub(1)) {
                Some(item) => {
                    say "{item}";
                    return Ok(item.clone());
                }
                None if tries >= MOST => return Err("no more tries".to_owned()),
                None => say "There is no {number}.",
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct City(String);

impl Display for City {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[test]
fn of_types_and_constants() {
    let items = ["Paris", "Rome"].map(|name| City(name.to_owned())).to_vec();
    let mut dialogue = Dialogue::start(Pick::<City, 2> { items }, &["1 to 2?"]);
    dialogue.reply("x", &["A number.", "1 to 2?"]).reply("3", &["There is no 3.", "1 to 2?"]);
    dialogue.reply("2", &["Rome"]);
    assert_eq!(dialogue.output, Some(Ok(City("Rome".to_owned()))));
    assert_eq!(remembered::<Pick<City, 2>>(), ["number(items: Vec<T>, tries: usize)"]);
}

trait Table<K>: Clone + Send + Sync + 'static {
    fn find(&self, key: &K) -> impl Future<Output = Option<String>> + Send;
}

conversation! {
    /// Looks something up: its key is a reply, and never remembered.
    Lookup<K, D>(marker: std::marker::PhantomData<fn() -> (K, D)>) with (table: D) -> u32
    where
        K: Remember + FromStr<Err: Display> + Display + Sync,
        D: Table<K>,
    {
        let mut found: u32 = 0;
        loop {
            let key: K = ask "Key?"
                on "done" => return found;
            match table.find(&key).await {
                Some(value) => {
                    let value: String = value;
                    found += 1;
                    let sure: bool = ask "{value}. Sure?";
                    say "{key}: {sure}";
                }
                None => say "{key}: nothing.",
            }
        }
    }
}

#[derive(Clone)]
struct Squares;

impl Table<u8> for Squares {
    async fn find(&self, key: &u8) -> Option<String> {
        key.checked_mul(*key).map(|square| square.to_string())
    }
}

conversation! {
    /// Runs one of another's.
    Outer with (squares: Squares) -> (u32, char) {
        let found: u32 = run Lookup::<u8, Squares> { marker: std::marker::PhantomData };
        let letter: Result<char, String> = run Pick::<char> { items: vec!['a', 'b'] };
        let _ = squares;
        (found, letter.unwrap_or('?'))
    }
}

#[test]
fn generics_of_dependencies_and_of_what_is_run() {
    let with =
        (LookupWith { table: Squares, generics: std::marker::PhantomData }, ((), OuterWith { squares: Squares }));
    let mut dialogue = Dialogue::start_with(Outer, with, &["Key?"]);
    dialogue.reply("5", &["25. Sure?"]).reply("true", &["5: true", "Key?"]).reply("99", &["99: nothing.", "Key?"]);
    dialogue.reply("done", &["1 to 2?"]).reply("1", &["a"]);
    assert_eq!(dialogue.output, Some((1, 'a')));
}
