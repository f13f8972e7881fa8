//! Two builds side by side, or one after the other: what becomes of those who wait at each question of either.

use axum::Router;
use converse::store::{Filter, Memory, Record, Status, Store, Time};
use converse::{Held, Sessions, prelude::*};
use serde_json::{Value, json};

use crate::protocol::Peer;
use crate::support::{Browser, hear, talk};

/// A build: its conversation is called as in all others, and its route, too.
macro_rules! build {
    ($name:ident $(hears $event:ident)? { $($body:tt)* } $($items:item)*) => {
        mod $name {
            use super::*;

            conversation! {
                /// Takes an order.
                pub(super) Checkout $(hears $event)? { $($body)* }
            }

            #[ws_route("/checkout/{customer}")]
            pub(super) async fn checkout(customer: u32) -> Held<Checkout> {
                Checkout.keyed(customer)
            }

            /// A node of this build.
            pub(super) fn node(store: &Memory) -> Router {
                routes![checkout].layer(Sessions::new(store.clone()))
            }

            $($items)*
        }
    };
}

build!(first {
    let phone: String = ask "Phone?";
    let coupon: String = ask "Coupon?";
    let count: u8 = ask "How many?";
    let note: String = ask "Anything else?";
    let payment: String = ask "Cash or card?";
    say "{phone}, {coupon}, {count}, {note}, {payment}.";
});

build!(second {
    on outdated => restart "We have moved on. Once more, please:";
    on outdated "coupon" => goto count;
    on outdated "note" => migrate without_note;
    #[was = "phone"]
    let mobile: String = ask "Mobile?";
    #[default("unknown".to_owned())]
    let city: String = ask "City?";
    let count: u8 = ask "How many of them?";
    let amount: u16 = u16::from(count) * 5;
    let payment: String = ask "{amount} euros for {mobile} in {city}. Cash or card?";
    say "{mobile}, {city}, {count}, {payment}.";
}

/// What the first build kept at `note`.
#[derive(serde::Deserialize)]
struct Note {
    phone: String,
    coupon: String,
    count: u8,
}

fn without_note(Note { phone, coupon, count }: Note) -> Result<CheckoutState, &'static str> {
    match coupon.as_str() {
        "bad" => Err("there is no such coupon"),
        _ => Ok(CheckoutState::Payment { mobile: phone, city: "Here".to_owned(), count, amount: 1 }),
    }
});

/// Somebody talks to a node until the last of these replies, and leaves.
async fn leave(node: &Router, path: &'static str, prompts: &[&str], replies: &[&str]) {
    let mut client = Browser::new(node, path).connect().await;
    hear(&mut client, &prompts[..1]).await;
    for (reply, prompt) in replies.iter().zip(&prompts[1..]) {
        talk(&mut client, reply, &[prompt]).await;
    }
}

/// What the store has of the conversation with this key.
async fn record(store: &Memory, key: &str) -> Record {
    store.find("Checkout", key).await.expect("it is in memory").expect("it is there")
}

/// The questions of those that were set aside.
async fn aside(store: &Memory) -> Vec<String> {
    let parked = Filter { status: Some(Status::Parked), ..Filter::default() };
    let aside = store.list(&parked, None, 10).await.expect("it is in memory");
    aside.into_iter().map(|aside| aside.question.to_string()).collect()
}

/// A node of the first build, and one of the second, which was started later.
fn one_after_the_other(store: &Memory) -> (Router, Router) {
    let old = first::node(store);
    tick();
    (old, second::node(store))
}

/// Until the clock has moved on: of two builds that were started in one millisecond none is the later.
fn tick() {
    let now = Time::now();
    while Time::now() == now {
        std::hint::spin_loop();
    }
}

const FIRST: [&str; 5] = ["Phone?", "Coupon?", "How many?", "Anything else?", "Cash or card?"];
const REPLIES: [&str; 4] = ["123", "none", "2", "no"];

#[tokio::test]
async fn who_waits_in_the_build_before_goes_on_where_this_one_says() {
    let store = Memory::default();
    let old = first::node(&store);
    for (path, answered) in
        [("/checkout/0", 0), ("/checkout/1", 1), ("/checkout/2", 2), ("/checkout/3", 3), ("/checkout/4", 4)]
    {
        leave(&old, path, &FIRST, &REPLIES[..answered]).await;
    }
    leave(&old, "/checkout/5", &FIRST, &["123", "bad", "2"]).await;
    let new = second::node(&store);
    let connect = async |path| Browser::new(&new, path).connect().await;

    // It has another name, and goes on as if it had not.
    let mut client = connect("/checkout/0").await;
    hear(&mut client, &["Phone?"]).await;
    talk(&mut client, "456", &["City?"]).await;
    // It is gone, and another one is asked, which has not all that it needs but for a default.
    let mut client = connect("/checkout/1").await;
    hear(&mut client, &["How many of them?"]).await;
    talk(&mut client, "3", &["15 euros for 123 in unknown. Cash or card?"]).await;
    // It is there, and one of its variables has another name.
    let mut client = connect("/checkout/2").await;
    hear(&mut client, &["How many?"]).await;
    talk(&mut client, "3", &["15 euros for 123 in unknown. Cash or card?"]).await;
    // It is gone, and a function makes a state of another one.
    let mut client = connect("/checkout/3").await;
    hear(&mut client, &["1 euros for 123 in Here. Cash or card?"]).await;
    talk(&mut client, "cash", &["123, Here, 2, cash."]).await;
    // It is there, and needs a variable that nothing stored has.
    let mut client = connect("/checkout/4").await;
    hear(&mut client, &["We have moved on. Once more, please:", "Mobile?"]).await;
    // The function refuses it.
    let mut client = connect("/checkout/5").await;
    hear(&mut client, &["We have moved on. Once more, please:", "Mobile?"]).await;

    let mut aside = aside(&store).await;
    aside.sort();
    assert_eq!(aside, ["note", "payment"]);
}

#[tokio::test]
async fn a_question_that_is_asked_instead_is_stored_before_it_is_asked() {
    let store = Memory::default();
    leave(&first::node(&store), "/checkout/1", &FIRST, &["123"]).await;
    let before = record(&store, "1").await;
    let new = second::node(&store);
    for _ in 0..2 {
        let mut client = Browser::new(&new, "/checkout/1").connect().await;
        hear(&mut client, &["How many of them?"]).await;
    }
    let after = record(&store, "1").await;
    assert_eq!((&*before.question, &*after.question), ("coupon", "count"));
    assert_ne!(before.schema, after.schema);
}

#[tokio::test]
async fn what_a_newer_build_has_stored_is_left_to_it() {
    let store = Memory::default();
    let (old, new) = one_after_the_other(&store);
    let prompts = ["Mobile?", "City?", "How many of them?", "10 euros for 123 in Rome. Cash or card?"];
    let replies = ["123", "Rome", "2"];
    for (path, key, answered) in
        [("/checkout/1", "1", 0), ("/checkout/2", "2", 1), ("/checkout/3", "3", 2), ("/checkout/4", "4", 3)]
    {
        leave(&new, path, &prompts, &replies[..answered]).await;
        let before = record(&store, key).await;
        // Nobody has come to the old one before.
        for _ in 0..2 {
            let mut client = Browser::new(&old, path).connect().await;
            assert_eq!(client.closed().await, (1012, "a newer build has it: connect again".to_owned()));
        }
        assert_eq!(record(&store, key).await, before);
        let mut client = Browser::new(&new, path).connect().await;
        hear(&mut client, &[prompts[answered]]).await;
    }
    assert!(aside(&store).await.is_empty());
}

#[tokio::test]
async fn a_client_that_numbers_its_inputs_is_left_to_a_newer_build_too() {
    let store = Memory::default();
    let (old, new) = one_after_the_other(&store);
    leave(&new, "/checkout/1", &["Mobile?", "City?"], &["123"]).await;
    let before = record(&store, "1").await;
    let peer = Peer::open(&Browser::new(&old, "/checkout/1")).await;
    let closed = peer.refused(r#"{"t": "hello"}"#).await;
    assert_eq!(closed, (1012, "a newer build has it: connect again".to_owned()));
    assert_eq!(record(&store, "1").await, before);
    let (mut peer, welcome) = Peer::hello(&Browser::new(&new, "/checkout/1"), json!({"t": "hello"})).await;
    assert_eq!(welcome["state"], "resumed");
    assert_eq!(peer.next().await["text"], "City?");
}

#[tokio::test]
async fn what_a_newer_build_has_gone_on_with_meanwhile_is_left_to_it() {
    let store = Memory::default();
    let (old, new) = one_after_the_other(&store);
    leave(&new, "/checkout/2", &["Mobile?", "City?"], &["123"]).await;
    let (mut peer, _) = Peer::hello(&Browser::new(&old, "/checkout/1"), json!({"t": "hello"})).await;
    assert_eq!(peer.next().await["text"], "Phone?");
    // As where a clock has run out there: everything but who is connected is as that build has stored it.
    let body = |record: &Record| serde_json::from_slice::<Value>(&record.body).expect("it is not sealed");
    let (mine, theirs) = (record(&store, "1").await, record(&store, "2").await);
    let mut moved = body(&theirs);
    moved["access"] = body(&mine)["access"].take();
    let next = Record {
        question: theirs.question,
        schema: theirs.schema,
        body: serde_json::to_vec(&moved).expect("it was JSON").into(),
        ..mine.next()
    };
    store.commit(&next, &[]).await.expect("nobody else writes");
    let closed = peer.refused(r#"{"t": "in", "n": 1, "text": "456"}"#).await;
    assert_eq!(closed, (1012, "a newer build has it: connect again".to_owned()));
    assert_eq!(record(&store, "1").await, next);
    let mut client = Browser::new(&new, "/checkout/1").connect().await;
    hear(&mut client, &["City?"]).await;
}

#[tokio::test]
async fn a_newer_build_does_not_close_who_is_in_it() {
    let store = Memory::default();
    let (old, new) = one_after_the_other(&store);
    let mut client = Browser::new(&new, "/checkout/1").connect().await;
    hear(&mut client, &["Mobile?"]).await;
    let mut other = Browser::new(&old, "/checkout/1").connect().await;
    assert_eq!(other.closed().await.0, 1012);
    talk(&mut client, "123", &["City?"]).await;
}

#[tokio::test]
async fn where_builds_are_rolled_back_for_good_they_are_forgotten() {
    let store = Memory::default();
    let (old, new) = one_after_the_other(&store);
    leave(&new, "/checkout/1", &["Mobile?"], &[]).await;
    let sessions = Sessions::new(store.clone());
    let builds = Filter { flow: Some("converse.schema".into()), ..Filter::default() };
    let known = sessions.list(&builds, None, 10).await.expect("it is in memory");
    assert_eq!(known.len(), 1);
    for build in known {
        assert!(sessions.end(build.id).await.expect("it is in memory"));
    }
    let mut client = Browser::new(&old, "/checkout/1").connect().await;
    hear(&mut client, &["This conversation has changed since. It begins again.", "Phone?"]).await;
}

#[tokio::test]
async fn nobody_counts_what_says_which_build_was_first() {
    let store = Memory::default();
    leave(&first::node(&store), "/checkout/0", &FIRST, &[]).await;
    leave(&second::node(&store), "/checkout/1", &["Mobile?"], &[]).await;
    let counts = store.histogram().await.expect("it is in memory");
    let mut waiting: Vec<_> = counts.iter().map(|count| (&*count.flow, &*count.question)).collect();
    waiting.sort();
    assert_eq!(waiting, [("Checkout", "mobile"), ("Checkout", "phone")]);
    let sessions = Sessions::new(store);
    let all = sessions.list(&Filter::default(), None, 10).await.expect("it is in memory");
    assert_eq!(all.iter().map(|listed| &*listed.flow).collect::<Vec<_>>(), ["Checkout"; 2]);
    assert_eq!(sessions.list(&Filter::default(), None, 1).await.expect("it is in memory"), all[..1]);
}

build!(patient {
    on outdated => park;
    let mobile: String = ask "Mobile?";
    say "{mobile}.";
});

#[tokio::test]
async fn what_is_parked_waits_for_a_build_that_can_read_it() {
    let store = Memory::default();
    leave(&first::node(&store), "/checkout/1", &FIRST, &["123"]).await;
    let before = record(&store, "1").await;
    let mut client = Browser::new(&patient::node(&store), "/checkout/1").connect().await;
    assert_eq!(client.closed().await, (1012, "another build has it: connect again".to_owned()));
    assert_eq!(record(&store, "1").await, before);
    let mut client = Browser::new(&first::node(&store), "/checkout/1").connect().await;
    hear(&mut client, &["Coupon?"]).await;
}

build!(strict {
    on outdated => close 4000 + 10, "Our menu has changed.";
    let mobile: String = ask "Mobile?";
    say "{mobile}.";
});

#[tokio::test]
async fn what_is_closed_is_set_aside_and_ends() {
    let store = Memory::default();
    leave(&first::node(&store), "/checkout/1", &FIRST, &["123"]).await;
    let strict = strict::node(&store);
    let mut client = Browser::new(&strict, "/checkout/1").connect().await;
    assert_eq!(client.closed().await, (4010, "Our menu has changed.".to_owned()));
    assert_eq!(aside(&store).await, ["coupon"]);
    // It has ended, so whoever comes with its key begins another one.
    let mut client = Browser::new(&strict, "/checkout/1").connect().await;
    hear(&mut client, &["Mobile?"]).await;
}

mod inner {
    /// A build that runs another conversation, which asks differently in each.
    macro_rules! runs {
        ($name:ident { $($pay:tt)* }) => {
            pub(super) mod $name {
                use crate::outdated::*;

                conversation! {
                    pub(crate) Pay -> String { $($pay)* }
                }

                conversation! {
                    pub(crate) Checkout {
                        on "where" => "At the till.";
                        let paid: String = run Pay;
                        say "Paid by {paid}.";
                    }
                }

                #[ws_route("/checkout/{customer}")]
                pub(crate) async fn checkout(customer: u32) -> Held<Checkout> {
                    Checkout.keyed(customer)
                }
            }
        };
    }

    runs!(first { let coupon: String = ask "Coupon?"; coupon });
    runs!(second {
        on outdated "coupon" => goto payment;
        let payment: String = ask "Cash or card?" within 10min;
        payment
    });
}

#[tokio::test]
async fn what_runs_asks_another_question_instead_too() {
    let store = Memory::default();
    let node = |routes: Router| routes.layer(Sessions::new(store.clone()));
    let (first, second) = (node(routes![inner::first::checkout]), node(routes![inner::second::checkout]));
    leave(&first, "/checkout/1", &["Coupon?"], &[]).await;
    let mut client = Browser::new(&second, "/checkout/1").connect().await;
    hear(&mut client, &["Cash or card?"]).await;
    assert!(record(&store, "1").await.due.is_some(), "the clock of the question runs");
    talk(&mut client, "cash", &["Paid by cash."]).await;
}

#[tokio::test]
async fn what_runs_in_a_newer_form_is_left_to_its_build_too() {
    let store = Memory::default();
    let node = |routes: Router| routes.layer(Sessions::new(store.clone()));
    let old = node(routes![inner::first::checkout]);
    tick();
    let new = node(routes![inner::second::checkout]);
    leave(&new, "/checkout/1", &["Cash or card?"], &[]).await;
    let before = record(&store, "1").await;
    let mut client = Browser::new(&old, "/checkout/1").connect().await;
    assert_eq!(client.closed().await, (1012, "a newer build has it: connect again".to_owned()));
    assert_eq!(record(&store, "1").await, before);
    let mut client = Browser::new(&new, "/checkout/1").connect().await;
    hear(&mut client, &["Cash or card?"]).await;
}

build!(goes_back {
    on outdated "coupon" => goto note;
    let phone: String = ask "Phone?";
    let note: String = ask "A note?" on "back" => back;
    let payment: String = ask "Cash or card?" on "back" => back;
    say "{phone}, {note}, {payment}.";
});

build!(went_back {
    let phone: String = ask "Phone?";
    let coupon: String = ask "Coupon?" on "back" => back;
    let payment: String = ask "Cash or card?" on "back" => back;
    say "{phone}, {coupon}, {payment}.";
});

#[tokio::test]
async fn a_way_back_leads_to_what_is_asked_instead() {
    let store = Memory::default();
    leave(&went_back::node(&store), "/checkout/1", &["Phone?", "Coupon?"], &["123"]).await;
    let mut client = Browser::new(&goes_back::node(&store), "/checkout/1").connect().await;
    hear(&mut client, &["A note?"]).await;
    talk(&mut client, "quick", &["Cash or card?"]).await;
    talk(&mut client, "back", &["A note?"]).await;
    talk(&mut client, "back", &["Phone?"]).await;
}

build!(hears_first hears u32 {
    let paid: u32 = hear;
    let note: String = ask "{paid} paid. A note?";
    say "{note}.";
});

build!(hears_second hears u32 {
    let money: u32 = hear;
    say "{money} it is.";
});

#[tokio::test]
async fn with_nobody_there_what_is_newer_is_left_too() {
    let store = Memory::default();
    let old = Sessions::new(store.clone());
    let first = old.begin(hears_first::Checkout.keyed(1), ()).await.expect("it is in memory");
    tick();
    let new = Sessions::new(store.clone());
    let second = new.begin(hears_second::Checkout.keyed(2), ()).await.expect("it is in memory");
    drop(new);
    let before = record(&store, "2").await;
    for id in [second, first] {
        old.send::<hears_first::Checkout>(id, "payment", &5).await.expect("it is in memory");
    }
    // The old build has come to the one that is its own, which was sent something later.
    while record(&store, "1").await.question != "note" {
        tokio::task::yield_now().await;
    }
    assert_eq!(record(&store, "2").await, before);
    let mut client = Browser::new(&hears_first::node(&store), "/checkout/1").connect().await;
    hear(&mut client, &["5 paid. A note?"]).await;
    let mut client = Browser::new(&hears_second::node(&store), "/checkout/2").connect().await;
    hear(&mut client, &["5 it is."]).await;
}
