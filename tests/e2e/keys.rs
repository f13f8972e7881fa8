//! Conversations that the application's key finds.

use converse::prelude::*;
use converse::{Held, Sessions};

use crate::support::{Browser, hear, talk};

conversation! {
    /// Grants a wish.
    Wish {
        let wish: String = ask "Your wish?";
        say "{wish}, then.";
    }
}

#[ws_route("/wishes/{member}")]
async fn wish(member: u32) -> Held<Wish> {
    Wish.keyed(member)
}

conversation! {
    /// Waits for two of a kind.
    Pair hears u32 {
        let name: String = ask "Who?";
        let one: u32 = hear;
        say "{name}: {one}";
        let two: u32 = hear;
        say "{name}: {one} and {two}";
    }
}

#[ws_route("/pair")]
async fn pair() -> Held<Pair> {
    Pair.keyed("the only one")
}

#[tokio::test]
async fn an_event_is_heard_once() {
    let sessions = Sessions::in_memory();
    let mut browser = Browser::new(&routes![pair].layer(sessions.clone()), "/pair");
    let id = sessions.begin(Pair.keyed("the only one"), ()).await.expect("it is in memory");
    let mut client = browser.connect().await;
    hear(&mut client, &["Who?"]).await;
    sessions.send::<Pair>(id, "one", &1).await.expect("it is in memory");
    talk(&mut client, "Ada", &["Ada: 1"]).await;
    for _ in 0..2 {
        client = browser.connect().await;
        hear(&mut client, &["Ada: 1"]).await;
    }
    sessions.send::<Pair>(id, "two", &2).await.expect("it is in memory");
    hear(&mut client, &["Ada: 1 and 2"]).await;
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test]
async fn the_end_is_said_once_to_who_comes_by_the_key() {
    let app = routes![wish].layer(Sessions::in_memory());
    let (mut phone, mut desk) = (Browser::new(&app, "/wishes/7"), Browser::new(&app, "/wishes/7"));
    let mut client = phone.connect().await;
    hear(&mut client, &["Your wish?"]).await;
    talk(&mut client, "Peace", &["Peace, then."]).await;
    drop(client); // Without an answer to the close.
    let mut client = desk.connect().await;
    hear(&mut client, &["Peace, then."]).await;
    drop(client); // Neither.
    let mut client = phone.connect().await;
    hear(&mut client, &["Your wish?"]).await;
    talk(&mut client, "Bread", &["Bread, then."]).await;
    assert_eq!(client.closed().await.0, 1000);
}

/// What ended with nobody there is told, too.
#[tokio::test]
async fn the_end_that_nobody_saw_is_said_to_who_comes_by_the_key() {
    let sessions = Sessions::in_memory();
    let mut browser = Browser::new(&routes![pair].layer(sessions.clone()), "/pair");
    let mut client = browser.connect().await;
    hear(&mut client, &["Who?"]).await;
    talk(&mut client, "Ada", &[]).await;
    drop(client);
    let id = loop {
        match sessions.find::<Pair>("the only one").await.expect("it is in memory") {
            Some(pair) if pair.question == "one" => break pair.id,
            _ => tokio::task::yield_now().await,
        }
    };
    for number in [1, 2] {
        sessions.send::<Pair>(id, &number.to_string(), &number).await.expect("it is in memory");
    }
    while sessions.find::<Pair>("the only one").await.expect("it is in memory").is_some() {
        tokio::task::yield_now().await;
    }
    let mut client = browser.connect().await;
    hear(&mut client, &["Ada: 1 and 2"]).await;
    assert_eq!(client.closed().await.0, 1000);
}
