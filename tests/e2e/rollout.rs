//! A new build comes to the conversations of the one before.

use converse::store::{Filter, Memory, Status, Store};
use converse::{Conversation, Held, Sessions, preflight, prelude::*};

use crate::support::{Browser, hear, talk};

/// What the build before has recorded.
const LOCK: &str = include_str!("rollout.lock");

mod before {
    use super::*;

    conversation! {
        /// Takes an order.
        pub(super) Checkout {
            let dish: String = ask "Which dish?";
            let count: u8 = ask "How many?";
            say "{count} {dish}.";
        }
    }

    #[ws_route("/checkout/{customer}")]
    pub(super) async fn checkout(customer: u32) -> Held<Checkout> {
        Checkout.keyed(customer)
    }

    converse::lock!("e2e/rollout.lock": Checkout);
}

mod after {
    use super::*;

    conversation! {
        /// Takes an order for a table.
        pub(super) Checkout {
            let dish: String = ask "Which dish?";
            let table: u32 = ask "Which table?";
            let count: u8 = ask "How many?";
            say "{count} {dish} for table {table}.";
        }
    }

    #[ws_route("/checkout/{customer}")]
    pub(super) async fn checkout(customer: u32) -> Held<Checkout> {
        Checkout.keyed(customer)
    }
}

#[tokio::test]
async fn what_preflight_says_is_what_becomes_of_those_who_wait() {
    let store = Memory::default();
    let old = routes![before::checkout].layer(Sessions::new(store.clone()));
    for path in ["/checkout/1", "/checkout/2"] {
        hear(&mut Browser::new(&old, path).connect().await, &["Which dish?"]).await;
    }
    let mut client = Browser::new(&old, "/checkout/2").connect().await;
    hear(&mut client, &["Which dish?"]).await;
    talk(&mut client, "Soup", &["How many?"]).await;
    drop((client, old));

    let same = preflight(&store, LOCK, &[before::Checkout::FLOW]).await.expect("the store can be asked");
    assert_eq!(same.to_string(), "2 conversations wait, and this build can read all of them\n");
    let report = preflight(&store, LOCK, &[after::Checkout::FLOW]).await.expect("the store can be asked");
    let text = report.to_string();
    let (place, loss) = text.split_once(" (schema ").expect("a schema");
    assert_eq!(place, "1 conversation waits at Checkout/count in a form this build cannot read");
    assert!(loss.ends_with("): `table: u32` is new there, and nothing stored has its value\n"), "{loss}");

    let new = routes![after::checkout].layer(Sessions::new(store.clone()));
    let mut client = Browser::new(&new, "/checkout/1").connect().await;
    hear(&mut client, &["Which dish?"]).await;
    talk(&mut client, "Soup", &["Which table?"]).await;
    let mut client = Browser::new(&new, "/checkout/2").connect().await;
    hear(&mut client, &["This conversation has changed since. It begins again.", "Which dish?"]).await;

    // What was lost is there for a build that can read it, and what goes on is what the new one writes.
    let parked = Filter { status: Some(Status::Parked), ..Filter::default() };
    let aside = store.list(&parked, None, 10).await.expect("it is in memory");
    assert_eq!(aside.iter().map(|aside| &*aside.question).collect::<Vec<_>>(), ["count"]);
    let live = store.histogram().await.expect("it is in memory");
    assert_eq!(live.iter().map(|count| &*count.question).collect::<Vec<_>>(), ["dish", "table"]);
    assert_eq!(live[0].schema, live[1].schema);
    assert_ne!(live[0].schema, aside[0].schema);
}
