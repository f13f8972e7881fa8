//! What a log has of what a build cannot read: what is wrong with it, and where, and no word of it.

use std::error::Error;

use axum::Router;
use converse::store::{Memory, Record, Store};
use converse::{Held, Secret, Sessions, prelude::*};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::http::StatusCode;

use crate::support::{Browser, Log, hear, talk};

/// What nobody may find in a log: as what was said, and where a number was.
const MARK: &str = "marked-4711";
const NUMBER: u64 = 987_654_321;

/// Two builds of one conversation, each with its handler.
macro_rules! builds {
    ($case:ident: $first:ident $([$before_event:ident])? { $($before:tt)* } $second:ident $([$event:ident])? { $($after:tt)* }) => {
        mod $case {
            use super::*;

            builds!(@ $first $([$before_event])? { $($before)* });
            builds!(@ $second $([$event])? { $($after)* });

            /// A node of either.
            pub(super) fn nodes(store: &Memory) -> (Router, Router) {
                let node = |routes: Router| routes.layer(Sessions::new(store.clone()));
                (node(routes![$first::checkout]), node(routes![$second::checkout]))
            }
        }
    };
    (@ $build:ident $([$event:ident])? { $($body:tt)* }) => {
        pub(super) mod $build {
            use super::*;

            conversation! {
                /// Takes an order.
                pub(crate) Checkout $(hears $event)? { $($body)* }
            }

            #[ws_route("/checkout")]
            pub(crate) async fn checkout() -> Held<Checkout> {
                Checkout.keyed(1)
            }
        }
    };
}

async fn record(store: &Memory) -> Record {
    store.find("Checkout", "1").await.expect("it is in memory").expect("it is there")
}

/// That the log has a line with each of these, and none with what was said.
#[track_caller]
fn is_told(log: &Log, told: &[&str]) {
    let lines = log.lines();
    for mark in [MARK, &NUMBER.to_string()] {
        assert!(!lines.iter().any(|line| line.contains(mark)), "{mark}: {lines:#?}");
    }
    for told in told {
        assert!(lines.iter().any(|line| line.contains(told)), "{told}: {lines:#?}");
    }
}

/// What has become of the name that somebody said to the first of these builds.
async fn is_left(log: &Log, (first, second): (Router, Router), said: &str) {
    let mut client = Browser::new(&first, "/checkout").connect().await;
    hear(&mut client, &["Name?"]).await;
    talk(&mut client, said, &["Sure?"]).await;
    drop(client);
    let mut client = Browser::new(&second, "/checkout").connect().await;
    hear(&mut client, &["This conversation has changed since. It begins again.", "Name?"]).await;
    is_told(
        log,
        &["this build cannot read what is stored conversation=\"Checkout\" id=", "question=\"sure\" variable=\"name\""],
    );
}

builds!(state:
    text {
        let name: String = ask "Name?";
        let sure: bool = ask "Sure?";
        say "{name} {sure}";
    }
    number {
        let name: u64 = ask "Name?";
        let sure: bool = ask "Sure?";
        say "{name} {sure}";
    }
);

#[tokio::test]
async fn a_reply_is_in_no_log_where_it_cannot_be_read() {
    let log = Log::of_everything();
    is_left(&log, state::nodes(&Memory::default()), MARK).await;
    is_told(&log, &["error=a value is of another type at line 1 column "]);
}

builds!(secret:
    number {
        let name: Secret<u64> = ask "Name?";
        let sure: bool = ask "Sure?";
        let digits = name.expose().ilog10();
        say "{digits} {sure}";
    }
    text {
        let name: Secret<String> = ask "Name?";
        let sure: bool = ask "Sure?";
        let digits = name.expose().len();
        say "{digits} {sure}";
    }
);

#[tokio::test]
async fn nor_is_a_secret() {
    let log = Log::of_everything();
    is_left(&log, secret::nodes(&Memory::default()), &NUMBER.to_string()).await;
}

builds!(event:
    text [String] {
        let sure: bool = ask "Sure?";
        let paid: String = hear;
        say "{paid} {sure}";
    }
    number [u64] {
        let sure: bool = ask "Sure?";
        let paid: u64 = hear;
        say "{paid} {sure}";
    }
);

#[tokio::test]
async fn nor_is_an_event() {
    let log = Log::of_everything();
    let store = Memory::default();
    let (first, second) = event::nodes(&store);
    let mut client = Browser::new(&first, "/checkout").connect().await;
    hear(&mut client, &["Sure?"]).await;
    drop(client);
    let id = record(&store).await.id;
    let sessions = Sessions::new(store);
    sessions.send::<event::text::Checkout>(id, "payment", &MARK.to_owned()).await.expect("it is in memory");
    let mut client = Browser::new(&second, "/checkout").connect().await;
    hear(&mut client, &["Sure?"]).await;
    talk(&mut client, "true", &[]).await;
    sessions.send::<event::number::Checkout>(id, "another payment", &5).await.expect("it is in memory");
    hear(&mut client, &["5 true"]).await;
    is_told(
        &log,
        &["an event cannot be read", "event=\"payment\" error=a value is of another type at line 1 column 13"],
    );
}

builds!(history:
    text {
        let name: String = ask "Name?";
        let size: u8 = ask "Size of {name}?";
        let sure: bool = ask "Sure?" on "back" => back;
        say "{size} {sure}";
    }
    number {
        let name: u64 = ask "Name?";
        let size: u8 = ask "Size of {name}?";
        let sure: bool = ask "Sure?" on "back" => back;
        say "{size} {sure}";
    }
);

#[tokio::test]
async fn nor_is_what_a_way_back_leads_past() {
    let log = Log::of_everything();
    let (first, second) = history::nodes(&Memory::default());
    let mut client = Browser::new(&first, "/checkout").connect().await;
    hear(&mut client, &["Name?"]).await;
    talk(&mut client, MARK, &[&format!("Size of {MARK}?")]).await;
    talk(&mut client, "3", &["Sure?"]).await;
    drop(client);
    let mut client = Browser::new(&second, "/checkout").connect().await;
    hear(&mut client, &["Sure?"]).await;
    talk(&mut client, "back", &["Name?"]).await;
    is_told(
        &log,
        &["a `back` leads past what cannot be read conversation=\"Checkout\" error=a value is of another type"],
    );
}

/// What an application has in its own log of an error: all that it says.
fn whole(error: &dyn Error) -> String {
    let source = error.source().map(whole).unwrap_or_default();
    format!("{error} {error:?} {source}")
}

#[tokio::test]
async fn nor_is_what_is_broken() {
    let log = Log::of_everything();
    let store = Memory::default();
    let (first, _) = state::nodes(&store);
    let mut client = Browser::new(&first, "/checkout").connect().await;
    hear(&mut client, &["Name?"]).await;
    drop(client);
    let mut next = record(&store).await.next();
    let mut body: Value = serde_json::from_slice(&next.body).expect("it is not sealed");
    body["words"] = json!(MARK);
    next.body = body.to_string().into();
    store.commit(&next, &[]).await.expect("nobody else writes");
    let refused = Browser::new(&first, "/checkout").connect_from(None).await;
    assert_eq!(refused.err(), Some(StatusCode::SERVICE_UNAVAILABLE));
    let error = Sessions::new(store).ticket(next.id).await.expect_err("it cannot be read");
    assert!(!whole(&error).contains(MARK), "{}", whole(&error));
    is_told(
        &log,
        &["a conversation cannot be read conversation=\"Checkout\" id=", "count=1 error=a value is of another type at"],
    );
}
