//! What one conversation does to the others, which is nothing, and what becomes of it: the statements of `docs/serving.md`
//! under "What is contained".

use std::future::pending;
use std::time::Duration;

use axum::Router;
use converse::{Close, Sessions, prelude::*};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Browser, Gate, Log, Raw, hear, serve, talk};

conversation! {
    /// Does what it is told, good or bad.
    Obedient with (gate: Gate) {
        let mut heard = 0_u32;
        loop {
            let order: String = ask "{heard}";
            heard += 1;
            match order.as_str() {
                "panic" => panic!("this panic is part of the test"),
                "wait" => gate.pass().await,
                "talk" => {
                    for _ in 0..100 {
                        say "{:x<10000}", order;
                    }
                }
                "end" => break,
                _ => {}
            }
        }
        say "I have heard {heard}.";
    }
}

#[ws_route("/")]
async fn obey() -> Obedient {
    Obedient
}

#[ws_route("/fragile/{mood}")]
async fn fragile(mood: String) -> Obedient {
    tokio::task::yield_now().await;
    assert_ne!(mood, "bad", "this panic is part of the test");
    Obedient
}

#[tokio::test]
async fn a_handler_that_panics_before_it_answers_is_an_error_of_its_request_alone() {
    let log = Log::here();
    let server = serve(routes![fragile].layer(Sessions::in_memory()).with_state(Gate::default())).await;
    let mut raw = Raw::connect(server.address).await;
    for mood in ["bad", "bad", "good"] {
        // The second and the third come over the connection of the first.
        raw.send(
            format!(
                "GET /fragile/{mood} HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
                Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
            .as_bytes(),
        )
        .await;
        let expected = if mood == "bad" { "HTTP/1.1 500 " } else { "HTTP/1.1 101 " };
        assert!(raw.head().await.starts_with(expected), "{mood}");
    }
    let errors = log.lines().into_iter().filter(|line| line.starts_with("ERROR")).collect::<Vec<_>>();
    assert_eq!(errors, [r#"ERROR a handler panicked before it answered route="/fragile/{mood}""#; 2]);
}

fn obedient(gate: &Gate) -> Router {
    routes![obey].with_state(gate.clone()).layer(Sessions::in_memory())
}

/// How the log counts the turns of one conversation that have panicked; it has nothing else.
fn panics(log: &Log) -> Vec<String> {
    let counted = |line: &String| {
        let line = line.strip_prefix(r#"ERROR a turn panicked conversation="Obedient" id="#).expect("a turn panicked");
        line.split_once(' ').expect("it is counted").1.to_owned()
    };
    log.lines().iter().map(counted).collect()
}

#[tokio::test]
async fn a_client_that_comes_back_to_a_turn_that_panics_does_not_fill_the_log() {
    let log = Log::here();
    let mut browser = Browser::new(&obedient(&Gate::default()), "/");
    for _ in 0..9 {
        let mut client = browser.connect().await;
        hear(&mut client, &["0"]).await;
        client.send("panic").await;
        assert_eq!(client.closed().await.0, Close::INTERNAL);
    }
    assert_eq!(panics(&log), ["count=1", "count=2", "count=4", "count=8"]);
}

#[tokio::test]
async fn a_turn_that_panics_ends_its_socket_and_nothing_else() {
    let log = Log::here();
    let app = obedient(&Gate::default());
    let (mut browser, mut bystander) = (Browser::new(&app, "/"), Browser::new(&app, "/").connect().await);
    let mut client = browser.connect().await;
    hear(&mut client, &["0"]).await;
    talk(&mut client, "well", &["1"]).await;
    client.send("panic").await;
    assert_eq!(client.closed().await, (Close::INTERNAL, String::new()));
    assert_eq!(panics(&log), ["count=1"]);
    hear(&mut bystander, &["0"]).await;
    talk(&mut bystander, "well", &["1"]).await;
    let mut client = browser.connect().await;
    hear(&mut client, &["1"]).await;
    talk(&mut client, "well", &["2"]).await;
}

#[tokio::test]
async fn a_turn_that_waits_holds_up_nobody_and_is_no_lost_peer() {
    let (log, gate) = (Log::here(), Gate::default());
    let app = obedient(&gate);
    let (mut client, mut bystander) =
        (Browser::new(&app, "/").connect().await, Browser::new(&app, "/").connect().await);
    hear(&mut client, &["0"]).await;
    client.send("wait").await;
    gate.reached.notified().await;
    client.send(Message::Ping("still there?".into())).await;
    while client.next().await != Some(Message::Pong("still there?".into())) {}
    hear(&mut bystander, &["0"]).await;
    talk(&mut bystander, "well", &["1"]).await;
    gate.open.notify_one();
    hear(&mut client, &["1"]).await;
    assert_eq!(log.lines(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_comes_while_a_turn_runs_is_kept_in_order_up_to_its_bound() {
    let gate = Gate::default();
    let mut client = Browser::new(&obedient(&gate), "/").connect().await;
    hear(&mut client, &["0"]).await;
    client.send("wait").await;
    gate.reached.notified().await;
    // The socket is read until 256 KiB are kept, of which a small message takes 1 KiB; the rest is on its way.
    let word = "x".repeat(1024);
    let mut sent = 0;
    while timeout(Duration::from_secs(1), client.send(word.as_str())).await.is_ok() {
        sent += 1;
    }
    assert!((256..=256 + 2 * 64 + 4).contains(&sent), "{sent}");
    gate.open.notify_one();
    // What was cut off half-way goes first: tungstenite has kept it.
    for heard in 1..=sent + 2 {
        hear(&mut client, &[&heard.to_string()]).await;
    }
    talk(&mut client, "end", &[&format!("I have heard {}.", sent + 3)]).await;
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_is_given_up_and_hears_it_when_it_comes_back() {
    let mut browser = Browser::new(&obedient(&Gate::default()), "/");
    let mut client = browser.connect().await;
    hear(&mut client, &["0"]).await;
    client.send("talk").await;
    // 20 s without a byte that it takes.
    assert!(timeout(Duration::from_secs(21), pending::<()>()).await.is_err());
    let mut again = browser.connect().await;
    let mut said = again.text().await;
    while said != "1" {
        assert_eq!(said.len(), 10_000, "what was said is said again, the last of it");
        said = again.text().await;
    }
    talk(&mut again, "well", &["2"]).await;
    drop(client);
}
