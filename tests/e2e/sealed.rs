//! Who can write to a store that is sealed, and has no key: whatever is put there counts for nothing.

use axum::Router;
use converse::store::{EventId, Filter, Memory, Pushed, Record, Status, Store, StoredEvent};
use converse::{Held, Keys, Sessions, prelude::*};

use crate::support::{Browser, Log, hear, talk};

conversation! {
    /// Keeps what one has said until it is asked again.
    Vault {
        let word: String = ask "Word?";
        let again: String = ask "Again?";
        say "{word} {again}";
    }
}

#[ws_route("/vault")]
async fn vault() -> Vault {
    Vault
}

#[ws_route("/vaults/{owner}")]
async fn owned(owner: String) -> Held<Vault> {
    Vault.keyed(owner)
}

fn keys() -> Keys {
    Keys::new("k", &[1; 32])
}

/// A process with these keys, or with none.
fn process(store: &Memory, keys: Option<Keys>) -> Router {
    let sessions = Sessions::new(store.clone());
    routes![vault, owned, till].layer(match keys {
        Some(keys) => sessions.sealed_by(keys),
        None => sessions,
    })
}

/// The only conversation there.
async fn record(store: &Memory) -> Record {
    let live = Filter { status: Some(Status::Live), ..Filter::default() };
    let [summary] = &store.list(&live, None, 2).await.expect("it is in memory")[..] else { panic!("there is one") };
    store.load(summary.id).await.expect("it is in memory").expect("it was listed")
}

/// The status of the answer to who is not let in.
async fn refused(browser: &mut Browser) -> Option<u16> {
    browser.connect_from(None).await.err().map(|status| status.as_u16())
}

#[tokio::test]
async fn what_is_not_sealed_is_left_alone_unless_it_may_be_there() {
    let store = Memory::default();
    // As it is where there are no keys: with a token of whoever has put it there.
    let mut browser = Browser::new(&process(&store, None), "/vault");
    let mut client = browser.connect().await;
    hear(&mut client, &["Word?"]).await;
    talk(&mut client, "forged", &["Again?"]).await;
    drop(client);
    let (unsealed, log) = (record(&store).await, Log::here());
    browser.app = process(&store, Some(keys()));
    assert_eq!(refused(&mut browser).await, Some(503));
    assert_eq!(record(&store).await, unsealed, "it is left as it is");
    let why = "it is not sealed, and `Keys::and_unsealed` was not called";
    assert!(log.lines().iter().any(|line| line.starts_with("ERROR") && line.contains(why)), "{:?}", log.lines());

    browser.app = process(&store, Some(keys().and_unsealed()));
    hear(&mut browser.connect().await, &["Again?"]).await;
    // From there on it is sealed.
    browser.app = process(&store, Some(keys()));
    let mut client = browser.connect().await;
    hear(&mut client, &["Again?"]).await;
    talk(&mut client, "again", &["forged again"]).await;
}

#[tokio::test]
async fn a_client_that_is_there_is_told_nothing_that_was_not_sealed() {
    let store = Memory::default();
    let mut client = Browser::new(&process(&store, Some(keys())), "/vault").connect().await;
    hear(&mut client, &["Word?"]).await;
    talk(&mut client, "sesame", &["Again?"]).await;
    let body = br#"{"state":{"again":{"word":"forged"}},"access":{"epoch":1}}"#.as_slice().into();
    store.commit(&Record { body, ..record(&store).await.next() }, &[]).await.expect("nobody else writes");
    client.send("again").await;
    assert_eq!(client.closed().await.0, 1011);
}

#[tokio::test]
async fn a_conversation_is_not_given_to_another_key() {
    let store = Memory::default();
    let app = process(&store, Some(keys()));
    let mut client = Browser::new(&app, "/vaults/ada").connect().await;
    hear(&mut client, &["Word?"]).await;
    talk(&mut client, "sesame", &["Again?"]).await;
    drop(client);
    let sealed = record(&store).await;
    // With the same version, as who has the file can write it.
    let moved = async |change: fn(&mut Record)| {
        let mut record = sealed.clone();
        change(&mut record);
        let there = Memory::default();
        let mut version = Record { version: 1, ..record.clone() };
        there.create(&version).await.expect("nobody else is there");
        while version.version < record.version {
            version = Record { version: version.version + 1, ..record.clone() };
            there.commit(&version, &[]).await.expect("nobody else writes");
        }
        there
    };
    for (change, path) in [
        ((|record| record.key = Some("eve".into())) as fn(&mut Record), "/vaults/eve"),
        (|record| record.status = Status::Done, "/vaults/ada"),
        (|record| record.question = "word".into(), "/vaults/ada"),
    ] {
        let there = moved(change).await;
        assert_eq!(refused(&mut Browser::new(&process(&there, Some(keys())), path)).await, Some(503), "{path}");
    }
    let there = moved(|_| ()).await;
    hear(&mut Browser::new(&process(&there, Some(keys())), "/vaults/ada").connect().await, &["Again?"]).await;
}

conversation! {
    /// Waits to be paid.
    Till hears u32 {
        loop {
            let paid: u32 = hear;
            say "{paid} paid";
        }
    }
}

#[ws_route("/till")]
async fn till() -> Till {
    Till
}

#[tokio::test]
async fn an_event_that_is_not_sealed_is_not_heard_and_left_for_who_may() {
    let store = Memory::default();
    let sessions = Sessions::new(store.clone()).sealed_by(keys());
    let mut browser = Browser::new(&routes![till].layer(sessions.clone()), "/till");
    drop(browser.connect().await);
    let id = loop {
        tokio::task::yield_now().await;
        let live = Filter { status: Some(Status::Live), ..Filter::default() };
        if let [till, ..] = &store.list(&live, None, 1).await.expect("it is in memory")[..] {
            break till.id;
        }
    };
    let forged = StoredEvent { id: EventId::from("forged"), body: b"17".to_vec() };
    assert_eq!(store.push(id, &forged).await.expect("it is in memory"), Pushed::New);
    let mut client = browser.connect().await;
    for (name, paid) in [("first", 4), ("second", 5)] {
        assert_eq!(sessions.send::<Till>(id, name, &paid).await.expect("it is in memory"), Pushed::New);
        hear(&mut client, &[&format!("{paid} paid")]).await;
        assert_eq!(store.events(id, 9).await.expect("it is in memory"), std::slice::from_ref(&forged));
    }
}
