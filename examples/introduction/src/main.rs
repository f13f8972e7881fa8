//! The smallest whole program: a conversation, its route, a file that it is kept in, and a server.

use converse::{Sessions, prelude::*};
use converse_sqlite::Sqlite;

conversation! {
    /// Gets to know a visitor.
    pub Introduction -> Person {
        let name: String = ask "What is your name?"
            where !name.is_empty() else "Please, insert your name!";
        let age: i32 = ask "And your age?"
            else "Please, insert an valid number";
        say "You're {name}, and you are {age} old.";
        Person { name, age }
    }
}

/// What is known about a visitor in the end.
#[derive(Debug)]
pub struct Person {
    /// Not empty.
    pub name: String,
    /// In years.
    pub age: i32,
}

#[ws_route("/introduce")]
async fn introduce() -> Introduction {
    Introduction
}

#[tokio::main]
async fn main() -> converse::Result {
    let sessions = Sessions::new(Sqlite::open("introduction.db")?);
    converse::serve("127.0.0.1:8080", routes![introduce].layer(sessions)).await
}
