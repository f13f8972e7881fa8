//! Compiled conversations over TCP: what they depend on, what they run, what they listen for, how they end.

use std::time::Duration;

use converse::prelude::*;
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::support::{connect, serve};

#[derive(Clone)]
struct Prices(u32);

impl axum::extract::FromRef<App> for Prices {
    fn from_ref(app: &App) -> Self {
        app.prices.clone()
    }
}

#[derive(Clone)]
struct App {
    prices: Prices,
}

conversation! {
    Counting(what: String) with (prices: Prices) -> u32 {
        let count: u32 = ask "How many {what}, at {}?", prices.0
            within 1min else close 4001, "no {what} today";
        count * prices.0
    }
}

conversation! {
    Buying {
        on "cancel" => { say "As you like."; return }
        let what: String = ask "What?";
        let price: u32 = run Counting { what };
        tokio::time::sleep(Duration::from_millis(1)).await;
        let pay: bool = ask "{price}, true or false?";
        if !pay {
            close 4002, "unpaid {price}"
        }
    }
}

#[ws_route("/")]
async fn buying() -> Buying {
    Buying
}

fn app() -> axum::Router {
    routes![buying].with_state(App { prices: Prices(3) })
}

#[tokio::test]
async fn a_conversation_runs_another_with_what_the_state_has() {
    let server = serve(app()).await;
    let mut client = server.connect().await;
    assert_eq!(client.text().await, "What?");
    client.send("tea").await;
    assert_eq!(client.text().await, "How many tea, at 3?");
    client.send("a lot").await;
    assert_eq!(client.text().await, "How many tea, at 3?");
    client.send("4").await;
    assert_eq!(client.text().await, "12, true or false?");
    client.send("false").await;
    assert_eq!(client.closed().await, (4002, "unpaid 12".to_owned()));
}

#[tokio::test]
async fn what_the_outer_one_listens_for_ends_both() {
    let server = serve(app()).await;
    let mut client = server.connect().await;
    assert_eq!(client.text().await, "What?");
    client.send("tea").await;
    assert_eq!(client.text().await, "How many tea, at 3?");
    client.send(Frame::text("Cancel ")).await;
    assert_eq!(client.text().await, "As you like.");
    assert_eq!(client.closed().await, (1000, String::new()));
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_the_inner_one_closes_both() {
    let mut client = connect(app()).await;
    assert_eq!(client.text().await, "What?");
    client.send("tea").await;
    assert_eq!(client.text().await, "How many tea, at 3?");
    assert_eq!(client.closed().await, (4001, "no tea today".to_owned()));
}
