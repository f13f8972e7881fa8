//! Compiled conversations over a socket: events from the server, timers, what is done once, and the way back.

use std::time::Duration;

use converse::prelude::*;
use converse::{Held, Once};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::{Instant, sleep};

use crate::support::{Client, connect};

#[derive(Clone, Debug, Serialize, Deserialize)]
enum News {
    Paid(u32),
    Rain,
}

/// The key of a charge, so that a test sees it.
async fn charge(cents: u32, once: &Once) -> String {
    sleep(Duration::from_secs(1)).await;
    format!("{cents} under {}", once.idempotency_key())
}

conversation! {
    Stall hears News {
        on after 1h => { say "Closing time."; return }
        on silence 5min => "Still there?";
        on News::Rain => "It rains.";
        let name: String = ask "Name?" on "back" => back;
        let pin: Secret<u32> = ask "PIN?" on "back" => back;
        let paid: News = hear within 10min else { say "Nobody paid."; return };
        let News::Paid(cents) = paid else { return };
        let charged: String = once charge(cents, &talk).await;
        say "{charged}";
        let more: String = ask "More, {name}?" on "back" => back;
        let _ = pin;
        say "{more}";
    }
}

/// A client, and what sends events into its conversation.
async fn stall() -> (Client<tokio::io::DuplexStream>, Sender<News>) {
    let (sender, events) = channel(8);
    let events = std::sync::Arc::new(std::sync::Mutex::new(Some(events)));
    let route = axum::routing::any(async move |upgrade: converse::Upgrade| {
        let events = events.lock().expect("not poisoned").take().expect("one client");
        Ok::<_, std::convert::Infallible>(upgrade.converse(Stall.hearing(events)).await)
    });
    let mut client = connect(axum::Router::new().route("/", route)).await;
    assert_eq!(client.text().await, "Name?");
    (client, sender)
}

async fn reply(client: &mut Client<tokio::io::DuplexStream>, reply: &str, words: &[&str]) {
    client.send(reply).await;
    for word in words {
        assert_eq!(client.text().await, *word);
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_is_heard_at_once_or_kept_for_its_hear() {
    let (mut client, events) = stall().await;
    events.send(News::Paid(5)).await.expect("somebody listens");
    events.send(News::Rain).await.expect("somebody listens");
    assert_eq!(client.text().await, "It rains.");
    assert_eq!(client.text().await, "Name?");
    reply(&mut client, "Ada", &["PIN?"]).await;
    // The payment came before anything heard it; it is there when something does.
    client.send("1234").await;
    let charged = client.text().await;
    let (_, key) = charged.split_once(" under ").expect("the key");
    assert!(charged.starts_with("5 under ") && key.ends_with("/0/charged"), "{charged}");
    assert_eq!(client.text().await, "More, Ada?");
    reply(&mut client, "no", &["no"]).await;
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test(start_paused = true)]
async fn back_leads_to_the_question_before_even_with_a_secret_but_not_past_what_was_done_once() {
    let (mut client, events) = stall().await;
    reply(&mut client, "back", &["Name?"]).await;
    reply(&mut client, "Ada", &["PIN?"]).await;
    reply(&mut client, "back", &["Name?"]).await;
    reply(&mut client, "Grace", &["PIN?"]).await;
    client.send("1234").await;
    events.send(News::Paid(7)).await.expect("somebody listens");
    assert!(client.text().await.starts_with("7 under "));
    assert_eq!(client.text().await, "More, Grace?");
    reply(&mut client, "back", &["More, Grace?"]).await;
    reply(&mut client, "bye", &["bye"]).await;
}

#[tokio::test(start_paused = true)]
async fn silence_and_a_timer_are_heard_when_they_are_due() {
    let (mut client, _events) = stall().await;
    let start = Instant::now();
    let minutes = || start.elapsed().as_secs() / 60;
    for time in 1..12 {
        assert_eq!(client.text().await, "Still there?");
        assert_eq!(client.text().await, "Name?");
        assert_eq!(minutes(), time * 5);
    }
    // Silence and the end of the hour come at the same time: the hour counts.
    assert_eq!(client.text().await, "Closing time.");
    assert_eq!(minutes(), 60);
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_an_event_waits_as_long_as_it_says() {
    let (mut client, events) = stall().await;
    let start = Instant::now();
    reply(&mut client, "Ada", &["PIN?"]).await;
    client.send("1234").await;
    client.send("is anybody there?").await; // Nobody asked.
    drop(events); // Nor will anybody ever pay.
    assert_eq!(client.text().await, "Nobody paid.");
    assert_eq!(start.elapsed().as_secs(), 600);
    assert_eq!(client.closed().await.0, 1000);
}

conversation! {
    Checkout hears u32 -> u32 {
        let paid: u32 = hear;
        say "{paid} received.";
        paid
    }
}

#[ws_route("/checkout/{price}")]
async fn checkout(price: u32) -> Result<Held<Checkout>, axum::http::StatusCode> {
    let (till, events) = channel(1);
    tokio::spawn(async move { till.send(price).await });
    Ok(Checkout.hearing(events))
}

#[tokio::test]
async fn a_handler_says_where_the_events_come_from() {
    let server = crate::support::serve(routes![checkout]).await;
    let socket = tokio::net::TcpStream::connect(server.address).await.expect("the server listens");
    let mut client = Client::over(socket, "/checkout/250").await;
    assert_eq!(client.text().await, "250 received.");
    assert_eq!(client.closed().await.0, 1000);
}
