//! Conversations that outlive their sockets.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use converse::prelude::*;
use converse::store::{Filter, Memory, Pushed, Store, StoreError};
use converse::{Held, Keys, Sessions};
use converse_sqlite::Sqlite;
use tokio::runtime::Builder;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::http::StatusCode;

use crate::support::{Browser, hear, serve, talk};

conversation! {
    /// Gets to know a visitor.
    Introduction {
        let name: String = ask "What is your name?"
            where !name.is_empty() else "Please, insert your name!";
        let age: i32 = ask "And your age?" else "Please, insert a valid number";
        if age == 13 {
            panic!("this panic is part of the test");
        }
        say "You're {name}, and you are {age} old.";
    }
}

#[ws_route("/introduce")]
async fn introduce() -> Introduction {
    Introduction
}

#[ws_route("/members/{member}")]
async fn member(member: u32) -> Held<Introduction> {
    Introduction.keyed(member)
}

fn introduction() -> Browser {
    Browser::new(&routes![introduce].layer(Sessions::in_memory()), "/introduce")
}

#[tokio::test]
async fn a_client_that_comes_back_is_where_it_was() {
    // What has arrived is another matter.
    let app = routes![introduce].layer(Sessions::in_memory().trust_pongs(false));
    let mut browser = Browser::new(&app, "/introduce");
    let mut client = browser.connect().await;
    hear(&mut client, &["What is your name?"]).await;
    drop(client);
    let mut client = browser.connect().await;
    hear(&mut client, &["What is your name?"]).await;
    talk(&mut client, "", &["Please, insert your name!", "What is your name?"]).await;
    talk(&mut client, "Ada", &["And your age?"]).await;
    talk(&mut client, "old", &["Please, insert a valid number", "And your age?"]).await;
    drop(client);
    for _ in 0..3 {
        let mut client = browser.connect().await;
        hear(&mut client, &["Please, insert a valid number", "And your age?"]).await;
    }
    let mut client = browser.connect().await;
    hear(&mut client, &["Please, insert a valid number", "And your age?"]).await;
    talk(&mut client, "36", &["You're Ada, and you are 36 old."]).await;
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test]
async fn another_browser_begins_its_own() {
    let mut browser = introduction();
    let mut other = browser.clone();
    let mut client = browser.connect().await;
    hear(&mut client, &["What is your name?"]).await;
    talk(&mut client, "Ada", &["And your age?"]).await;
    let mut client = other.connect().await;
    hear(&mut client, &["What is your name?"]).await;
    assert_ne!(browser.cookie, other.cookie);
}

#[tokio::test]
async fn who_comes_second_takes_over() {
    let mut browser = introduction();
    let mut first = browser.connect().await;
    hear(&mut first, &["What is your name?"]).await;
    talk(&mut first, "Ada", &["And your age?"]).await;
    let mut second = browser.connect().await;
    hear(&mut second, &["And your age?"]).await;
    assert_eq!(first.closed().await.0, 4409);
    talk(&mut second, "36", &["You're Ada, and you are 36 old."]).await;
}

#[tokio::test]
async fn a_key_finds_the_same_conversation_on_any_device() {
    let app = routes![member].layer(Sessions::in_memory());
    let (mut phone, mut desk) = (Browser::new(&app, "/members/7"), Browser::new(&app, "/members/7"));
    let mut client = phone.connect().await;
    hear(&mut client, &["What is your name?"]).await;
    talk(&mut client, "Ada", &["And your age?"]).await;
    let mut other = Browser::new(&app, "/members/8").connect().await;
    hear(&mut other, &["What is your name?"]).await;
    let mut client = desk.connect().await;
    hear(&mut client, &["And your age?"]).await;
    talk(&mut client, "36", &["You're Ada, and you are 36 old."]).await;
    assert_eq!(client.closed().await.0, 1000);
    assert_eq!((phone.cookie, desk.cookie), (None, None), "the key is the application's to check");
}

#[tokio::test]
async fn two_who_come_at_the_same_time_are_in_one_conversation() {
    let sessions = Sessions::in_memory();
    let app = routes![member].layer(sessions.clone());
    let (mut phone, mut desk) = (Browser::new(&app, "/members/7"), Browser::new(&app, "/members/7"));
    let (mut first, mut second) = tokio::join!(phone.connect(), desk.connect());
    let mut heard = 0;
    for client in [&mut first, &mut second] {
        match client.next().await {
            Some(Message::Text(text)) if text == "What is your name?" => heard += 1,
            Some(Message::Close(Some(close))) => assert!([1012, 4409].contains(&u16::from(close.code)), "{close:?}"),
            other => panic!("{other:?}"),
        }
    }
    assert!(heard > 0, "nobody was asked");
    assert_eq!(sessions.list(&Filter::default(), None, 10).await.expect("it is in memory").len(), 1);
    hear(&mut phone.connect().await, &["What is your name?"]).await;
}

#[tokio::test]
async fn the_old_token_is_good_until_the_new_one_has_arrived() {
    let mut browser = introduction();
    let mut client = browser.connect().await;
    hear(&mut client, &["What is your name?"]).await;
    talk(&mut client, "Ada", &["And your age?"]).await;
    let old = browser.clone();
    let mut lost = old.clone();
    hear(&mut lost.connect().await, &["And your age?"]).await; // What it was given never arrived.
    let mut client = browser.connect().await;
    hear(&mut client, &["And your age?"]).await;
    talk(&mut client, "old", &["Please, insert a valid number", "And your age?"]).await;
    for mut stale in [old, lost] {
        hear(&mut stale.connect().await, &["What is your name?"]).await;
    }
    talk(&mut client, "36", &["You're Ada, and you are 36 old."]).await;
}

#[tokio::test]
async fn what_is_no_token_is_as_good_as_none() {
    let mut browser = introduction();
    hear(&mut browser.connect().await, &["What is your name?"]).await;
    let good = browser.cookie.clone().expect("it was given one");
    let (start, _) = good.rsplit_once('.').expect("it has a secret");
    let id = start.rsplit_once('.').expect("it has a name").1;
    for cookie in [
        format!("{start}.{}", "A".repeat(43)),
        format!("{start}."),
        good.replace(id, &"0".repeat(32)),
        good.replace("v1", "v2"),
        good.replace("converse-Introduction", "converse-Order"),
        "converse-Introduction=".to_owned(),
        format!("converse-Introduction={}", "x".repeat(4000)),
    ] {
        let mut forger = Browser { cookie: Some(cookie.clone()), ..browser.clone() };
        hear(&mut forger.connect().await, &["What is your name?"]).await;
        assert_ne!(forger.cookie.as_ref(), Some(&cookie), "it was given one of its own");
    }
    let mut client = Browser { cookie: Some(format!("a=b; {good}")), ..browser }.connect().await;
    hear(&mut client, &["What is your name?"]).await;
    talk(&mut client, "Ada", &["And your age?"]).await;
}

#[tokio::test]
async fn a_page_of_another_origin_does_not_come_back() {
    let mut browser = introduction();
    hear(&mut browser.connect().await, &["What is your name?"]).await;
    let refused = browser.connect_from(Some("https://evil.org")).await.err();
    assert_eq!(refused, Some(StatusCode::FORBIDDEN));
    assert!(browser.connect_from(Some("http://localhost")).await.is_ok());
}

#[tokio::test]
async fn a_panic_leaves_the_last_state() {
    let mut browser = introduction();
    let mut client = browser.connect().await;
    hear(&mut client, &["What is your name?"]).await;
    talk(&mut client, "Ada", &["And your age?"]).await;
    client.send("13").await;
    assert_eq!(client.closed().await.0, 1011);
    let mut client = browser.connect().await;
    hear(&mut client, &["And your age?"]).await;
    talk(&mut client, "14", &["You're Ada, and you are 14 old."]).await;
}

#[tokio::test]
async fn the_end_is_said_again_to_who_has_not_heard_it() {
    let mut browser = introduction();
    let mut client = browser.connect().await;
    hear(&mut client, &["What is your name?"]).await;
    talk(&mut client, "Ada", &["And your age?"]).await;
    talk(&mut client, "36", &["You're Ada, and you are 36 old."]).await;
    drop(client); // Without an answer to the close.
    let mut client = browser.connect().await;
    hear(&mut client, &["You're Ada, and you are 36 old."]).await;
    assert_eq!(client.closed().await.0, 1000);
}

conversation! {
    /// Sells something, and knows what happens meanwhile.
    Sale with (seen: Seen) hears u32 {
        let name: String = ask "Who buys?";
        let order: u32 = once seen.count();
        seen.tell("sold");
        let paid: u32 = hear
            within 500ms else { seen.tell("late"); say "Still there?"; wait };
        seen.tell("paid");
        let sure: bool = ask "{name} paid {paid} for order {order}. Sure?";
        say "{sure}.";
    }
}

/// What a conversation does, as the world outside sees it.
#[derive(Clone)]
struct Seen(Arc<mpsc::UnboundedSender<&'static str>>);

impl Seen {
    fn tell(&self, what: &'static str) {
        self.0.send(what).expect("the test looks");
    }

    fn count(&self) -> u32 {
        self.tell("counted");
        1
    }
}

#[derive(Clone)]
struct Shop {
    seen: Seen,
}

impl FromRef<Shop> for Seen {
    fn from_ref(shop: &Shop) -> Self {
        shop.seen.clone()
    }
}

#[ws_route("/sell")]
async fn sell() -> Sale {
    Sale
}

#[tokio::test]
async fn clocks_and_events_come_with_nobody_there() {
    let (seen, mut sees) = mpsc::unbounded_channel();
    let sessions = Sessions::in_memory();
    let app = routes![sell].layer(sessions.clone()).with_state(Shop { seen: Seen(Arc::new(seen)) });
    let mut browser = Browser::new(&app, "/sell");
    let mut client = browser.connect().await;
    hear(&mut client, &["Who buys?"]).await;
    client.send("Ada").await;
    for expected in ["counted", "sold"] {
        assert_eq!(sees.recv().await, Some(expected));
    }
    drop(client);
    assert_eq!(sees.recv().await, Some("late"));
    let all = sessions.list(&Filter::default(), None, 10).await.expect("it is in memory");
    let [sale] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((&*sale.flow, &*sale.question), ("Sale", "paid"));
    assert_eq!(sessions.send::<Sale>(sale.id, "payment", &250).await.expect("it is in memory"), Pushed::New);
    assert_eq!(sessions.send::<Sale>(sale.id, "payment", &250).await.expect("it is in memory"), Pushed::Duplicate);
    assert_eq!(sees.recv().await, Some("paid"));
    let mut client = loop {
        // What follows from the event is stored before anybody hears it.
        let now = sessions.get(sale.id).await.expect("it is in memory").expect("it is there");
        if now.question == "sure" {
            break browser.connect().await;
        }
        tokio::task::yield_now().await;
    };
    hear(&mut client, &["Ada paid 250 for order 1. Sure?"]).await;
    talk(&mut client, "true", &["true."]).await;
    assert_eq!(client.closed().await.0, 1000);
    assert_eq!(sees.try_recv().ok(), None, "nothing was done twice");
}

#[test]
fn a_server_goes_on_before_anybody_has_come_to_it() {
    let store = Memory::default();
    let shop = || {
        let (seen, sees) = mpsc::unbounded_channel();
        let sessions = Sessions::new(store.clone());
        let app = Router::new().nest("/within", routes![introduce]).merge(routes![member, sell]);
        (app.layer(sessions).with_state(Shop { seen: Seen(Arc::new(seen)) }), sees)
    };
    // With its runtime everything ends that goes on in a process.
    let process = || Builder::new_current_thread().enable_all().build().expect("there can be a runtime");
    process().block_on(async {
        let (app, mut sees) = shop();
        let mut client = Browser::new(&app, "/sell").connect().await;
        hear(&mut client, &["Who buys?"]).await;
        client.send("Ada").await;
        for expected in ["counted", "sold"] {
            assert_eq!(sees.recv().await, Some(expected));
        }
        while store.histogram().await.expect("it is in memory")[0].question != "paid" {
            tokio::task::yield_now().await;
        }
    });
    // Nobody comes to this one, and its clock runs out all the same.
    process().block_on(async {
        let (app, mut sees) = shop();
        let server = serve(app).await;
        assert_eq!(sees.recv().await, Some("late"));
        server.stop().await.expect("it stops").expect("it stops");
    });
}

#[tokio::test]
async fn an_event_comes_at_once_to_who_is_there() {
    let (seen, mut sees) = mpsc::unbounded_channel();
    let sessions = Sessions::in_memory();
    let app = routes![sell].layer(sessions.clone()).with_state(Shop { seen: Seen(Arc::new(seen)) });
    let mut client = Browser::new(&app, "/sell").connect().await;
    hear(&mut client, &["Who buys?"]).await;
    let all = sessions.list(&Filter::default(), None, 10).await.expect("it is in memory");
    // Before it is waited for.
    sessions.send::<Sale>(all[0].id, "payment", &250).await.expect("it is in memory");
    talk(&mut client, "Ada", &["Ada paid 250 for order 1. Sure?"]).await;
    drop(client);
    for expected in ["counted", "sold", "paid"] {
        assert_eq!(sees.recv().await, Some(expected));
    }
}

#[tokio::test]
async fn a_conversation_can_begin_with_nobody_there() {
    let sessions = Sessions::in_memory();
    let app = routes![member].layer(sessions.clone());
    let id = sessions.begin(Introduction.keyed(7), ()).await.expect("it is in memory");
    let again = sessions.begin(Introduction.keyed(7), ()).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    assert_eq!(sessions.find::<Introduction>(7).await.expect("it is in memory").map(|found| found.id), Some(id));
    let mut client = Browser::new(&app, "/members/7").connect().await;
    hear(&mut client, &["What is your name?"]).await;
    talk(&mut client, "Ada", &["And your age?"]).await;
}

#[tokio::test]
async fn a_conversation_can_be_ended_from_outside() {
    let sessions = Sessions::in_memory();
    let app = routes![member].layer(sessions.clone());
    let mut client = Browser::new(&app, "/members/1").connect().await;
    hear(&mut client, &["What is your name?"]).await;
    let member = sessions.find::<Introduction>(1).await.expect("it is in memory").expect("it is there");
    assert_eq!(sessions.histogram().await.expect("it is in memory")[0].records, 1);
    assert!(sessions.end(member.id).await.expect("it is in memory"));
    assert_eq!(client.closed().await.0, 4409);
    assert!(!sessions.end(member.id).await.expect("it is in memory"));
    let mut client = Browser::new(&app, "/members/1").connect().await;
    hear(&mut client, &["What is your name?"]).await;
}

conversation! {
    /// Keeps a secret.
    Safe {
        on "back" => back;
        let pin: Secret<u32> = ask "PIN?";
        let again: u32 = ask "Again?";
        say "{}", again == *pin.expose();
    }
}

#[ws_route("/safe")]
async fn safe() -> Safe {
    Safe
}

#[tokio::test]
async fn the_way_back_and_secrets_are_kept_in_memory() {
    let mut browser = Browser::new(&routes![safe].layer(Sessions::in_memory()), "/safe");
    let mut client = browser.connect().await;
    hear(&mut client, &["PIN?"]).await;
    talk(&mut client, "1234", &["Again?"]).await;
    drop(client);
    let mut client = browser.connect().await;
    hear(&mut client, &["Again?"]).await;
    talk(&mut client, "back", &["PIN?"]).await;
    drop(client);
    let mut client = browser.connect().await;
    hear(&mut client, &["PIN?"]).await;
    talk(&mut client, "4321", &["Again?"]).await;
    talk(&mut client, "4321", &["true"]).await;
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test]
async fn a_secret_is_stored_only_where_it_is_sealed() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("safe.db");
    let open = || Sqlite::open(&path).expect("the file can be opened");
    let mut client = Browser::new(&routes![safe].layer(Sessions::new(open())), "/safe").connect().await;
    hear(&mut client, &["PIN?"]).await;
    client.send("123456").await;
    assert_eq!(client.closed().await.0, 1011);

    let keys = || Keys::new("first", &[1; 32]).and("second", &[2; 32]);
    let mut browser = Browser::new(&routes![safe].layer(Sessions::new(open()).sealed_by(keys())), "/safe");
    let mut client = browser.connect().await;
    hear(&mut client, &["PIN?"]).await;
    talk(&mut client, "123456", &["Again?"]).await;
    drop(client);
    for stored in open().list(&Filter::default(), None, 10).await.expect("it is there") {
        let record = open().load(stored.id).await.expect("it is there").expect("it was listed");
        assert!(!record.body.windows(6).any(|bytes| bytes == b"123456"), "it can be read");
    }
    browser.app = routes![safe].layer(Sessions::new(open()).sealed_by(keys().and("third", &[3; 32])));
    let mut client = browser.connect().await;
    hear(&mut client, &["Again?"]).await;
    talk(&mut client, "123456", &["true"]).await;
    assert_eq!(client.closed().await.0, 1000);
}

conversation! {
    /// Has time.
    Patient {
        let day: String = ask "Some day?" within 30d;
        say "{day}.";
    }
}

#[ws_route("/patient")]
async fn patient() -> Patient {
    Patient
}

#[tokio::test]
async fn it_is_kept_until_its_clock_has_run_out() {
    let sessions = Sessions::in_memory();
    let mut browser = Browser::new(&routes![patient].layer(sessions.clone()), "/patient");
    for _ in 0..2 {
        let mut client = browser.connect().await;
        hear(&mut client, &["Some day?"]).await;
        let all = sessions.list(&Filter::default(), None, 10).await.expect("it is in memory");
        assert!(all[0].due.is_some() && all[0].expires > all[0].due, "{all:?}");
    }
}
