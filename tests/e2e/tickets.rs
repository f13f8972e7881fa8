//! Tickets: a way into a conversation that is good once.

use axum::{Extension, Router};
use converse::prelude::*;
use converse::store::{Filter, Id, Memory, Store};
use converse::{Held, Origins, Sessions, Ticket};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, header};

use crate::support::{Browser, hear, talk};

conversation! {
    /// Gets to know a visitor.
    Introduction {
        let name: String = ask "What is your name?";
        let age: u8 = ask "And your age?";
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

/// A server, and a store that can be looked into.
struct Place {
    store: Memory,
    sessions: Sessions,
    app: Router,
}

impl Place {
    fn new() -> Self {
        let store = Memory::default();
        let sessions = Sessions::new(store.clone());
        Place { store, app: routes![introduce, member].layer(sessions.clone()), sessions }
    }

    async fn only(&self) -> Id {
        let all = self.sessions.list(&Filter::default(), None, 2).await.expect("it is in memory");
        assert_eq!(all.len(), 1, "{all:?}");
        all[0].id
    }

    async fn ticket(&self) -> Ticket {
        self.sessions.ticket(self.only().await).await.expect("it is in memory").expect("there is a conversation")
    }

    /// Somebody with nothing but a URL.
    fn guest(&self, ticket: &Ticket) -> Browser {
        Browser::new(&self.app, &format!("/introduce?ticket={}", ticket.expose()))
    }
}

async fn refused(browser: &mut Browser) {
    assert_eq!(browser.connect_from(None).await.err(), Some(StatusCode::FORBIDDEN));
}

#[tokio::test]
async fn a_ticket_lets_one_in_who_has_nothing_else() {
    let place = Place::new();
    let mut desk = Browser::new(&place.app, "/introduce");
    let mut client = desk.connect().await;
    hear(&mut client, &["What is your name?"]).await;
    talk(&mut client, "Ada", &["And your age?"]).await;
    let ticket = place.ticket().await;
    let mut phone = place.guest(&ticket);
    let mut other = phone.clone();
    let mut client = phone.connect().await;
    hear(&mut client, &["And your age?"]).await;
    refused(&mut other).await;
    // It has a cookie now, and the same URL.
    let mut client = phone.connect().await;
    hear(&mut client, &["And your age?"]).await;
    talk(&mut client, "36", &["You're Ada, and you are 36 old."]).await;
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test]
async fn who_was_there_goes_on_until_the_ticket_is_used() {
    let place = Place::new();
    let mut desk = Browser::new(&place.app, "/introduce");
    let mut client = desk.connect().await;
    hear(&mut client, &["What is your name?"]).await;
    let ticket = place.ticket().await;
    talk(&mut client, "Ada", &["And your age?"]).await;
    let mut phone = place.guest(&ticket);
    hear(&mut phone.connect().await, &["And your age?"]).await; // What it was given never arrived.
    assert_eq!(client.closed().await.0, 4409);
    hear(&mut desk.connect().await, &["And your age?"]).await;
}

#[tokio::test]
async fn who_was_there_takes_it_back_until_the_new_client_has_come_by_its_own_cookie() {
    let place = Place::new();
    let mut owner = Browser::new(&place.app, "/introduce");
    let mut client = owner.connect().await;
    hear(&mut client, &["What is your name?"]).await;
    talk(&mut client, "Ada", &["And your age?"]).await;
    let ticket = place.ticket().await;
    hear(&mut place.guest(&ticket).connect().await, &["And your age?"]).await;
    hear(&mut owner.connect().await, &["And your age?"]).await;
    let mut guest = place.guest(&place.ticket().await);
    for _ in 0..2 {
        hear(&mut guest.connect().await, &["And your age?"]).await;
    }
    hear(&mut owner.connect().await, &["What is your name?"]).await;
}

#[tokio::test]
async fn of_two_with_the_same_ticket_one_comes_in() {
    let place = Place::new();
    hear(&mut Browser::new(&place.app, "/introduce").connect().await, &["What is your name?"]).await;
    for _ in 0..20 {
        let ticket = place.ticket().await;
        let (mut first, mut second) = (place.guest(&ticket), place.guest(&ticket));
        let came = tokio::join!(first.connect_from(None), second.connect_from(None));
        let (came, stayed): (Vec<_>, Vec<_>) = [came.0, came.1].into_iter().partition(Result::is_ok);
        assert_eq!((came.len(), stayed.len()), (1, 1));
    }
}

#[tokio::test]
async fn a_bad_ticket_leads_nowhere() {
    let place = Place::new();
    let mut desk = Browser::new(&place.app, "/introduce");
    hear(&mut desk.connect().await, &["What is your name?"]).await;
    let old = place.ticket().await;
    let good = place.ticket().await;
    refused(&mut place.guest(&old)).await;
    let text = good.expose();
    let id = place.only().await.to_string();
    let (kind, secret) = (&text[..2], text.rsplit('.').next().expect("it has three parts"));
    for bad in [
        String::new(),
        "x".repeat(4000),
        format!("v1.{id}.{secret}"),
        format!("{kind}.{}.{secret}", "0".repeat(id.len())),
        format!("{kind}.{id}.{}", "A".repeat(secret.len())),
        desk.cookie.clone().and_then(|cookie| Some(cookie.split_once('=')?.1.to_owned())).expect("it has a token"),
    ] {
        refused(&mut Browser::new(&place.app, &format!("/introduce?ticket={bad}"))).await;
    }
    place.only().await; // None has begun another one.
    hear(&mut place.guest(&good).connect().await, &["What is your name?"]).await;
    assert!(place.sessions.ticket(Id::random()).await.expect("it is in memory").is_none());
}

#[tokio::test]
async fn a_ticket_expires_and_only_its_hash_is_stored() {
    let place = Place::new();
    hear(&mut Browser::new(&place.app, "/introduce").connect().await, &["What is your name?"]).await;
    let ticket = place.ticket().await;
    let record = place.store.load(place.only().await).await.expect("it is in memory").expect("it is there");
    let text = ticket.expose();
    let secret = text.rsplit('.').next().expect("it has three parts");
    assert!(!String::from_utf8_lossy(&record.body).contains(secret));
    let mut body: Value = serde_json::from_slice(&record.body).expect("it is not sealed");
    let until = body["access"]["ticket"]["until"].as_u64().expect("it is a date");
    assert_eq!(until - record.updated.as_millis(), 60_000);
    body["access"]["ticket"]["until"] = json!(record.updated.as_millis());
    let mut next = record.next();
    next.body = serde_json::to_vec(&body).expect("it was JSON").into();
    place.store.commit(&next, &[]).await.expect("nobody else writes");
    refused(&mut place.guest(&ticket)).await;
}

#[tokio::test]
async fn a_ticket_may_come_from_any_page_that_is_let_in_and_a_cookie_may_not() {
    let place = Place::new();
    let mut desk = Browser::new(&place.app, "/introduce");
    hear(&mut desk.connect().await, &["What is your name?"]).await;
    desk.path = place.guest(&place.ticket().await).path;
    assert_eq!(desk.connect_from(Some("https://partner.org")).await.err(), Some(StatusCode::FORBIDDEN));
    desk.app = desk.app.layer(Extension(Origins::dangerous_any()));
    let mut client = desk.connect_from(Some("https://partner.org")).await.expect("it is let in");
    hear(&mut client, &["What is your name?"]).await;
    // The ticket is used up, and what the browser sends along by itself does not count.
    assert_eq!(desk.connect_from(Some("https://partner.org")).await.err(), Some(StatusCode::FORBIDDEN));
    assert!(desk.connect().await.text().await.starts_with("What"));
}

#[tokio::test]
async fn a_conversation_with_a_key_has_tickets_too() {
    let place = Place::new();
    let mut client = Browser::new(&place.app, "/members/7").connect().await;
    hear(&mut client, &["What is your name?"]).await;
    let mut guest = place.guest(&place.ticket().await);
    hear(&mut guest.connect().await, &["What is your name?"]).await;
    assert_eq!(guest.cookie, None, "it is for the application to let it in again");
    assert_eq!(client.closed().await.0, 4409);
    refused(&mut guest).await;
}

#[tokio::test]
async fn a_ticket_is_good_for_who_speaks_in_frames() {
    let place = Place::new();
    hear(&mut Browser::new(&place.app, "/introduce").connect().await, &["What is your name?"]).await;
    let guest = place.guest(&place.ticket().await);
    let protocol = || Some((header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("converse.v1")));
    let mut hello = json!({"t": "hello"});
    for _ in 0..2 {
        let (mut client, _) = guest.open(protocol()).await.expect("the handshake succeeds");
        client.send(hello.to_string()).await;
        let welcome: Value = serde_json::from_str(&client.text().await).expect("a frame is JSON");
        assert_eq!(welcome["state"], "resumed");
        hello["token"] = welcome["token"].clone();
    }
    let (mut client, _) = guest.open(protocol()).await.expect("the handshake succeeds");
    client.send(r#"{"t":"hello"}"#).await;
    assert_eq!(client.closed().await, (1008, "the ticket is not good".to_owned()));
}
