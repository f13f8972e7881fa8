//! Pings, their deadline, and messages in their place.

use std::time::Duration;

use converse::{Close, PingPolicy, Received, WebSocket};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{connect, socket};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_peer_without_pongs_is_lost_after_forty_seconds() {
    let (ends, mut ended) = mpsc::unbounded_channel();
    let mut client = connect(socket(async move |mut ws: WebSocket| {
        let before = Instant::now();
        let end = ws.receive().await;
        let _ = ends.send((end, before.elapsed()));
    }))
    .await;
    // Who does not read does not see the ping, and does not answer.
    let (end, after) = ended.recv().await.unwrap();
    assert!(matches!(end, Received::Closed(Close { code: Close::ABNORMAL, .. })), "{end:?}");
    assert_eq!(after.as_secs(), 40);
    assert!(matches!(client.next().await, Some(Message::Ping(_))));
    assert_eq!(client.closed().await, (1011, "keepalive ping timeout".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_answers_pings_stays() {
    let mut client = connect(socket(async |mut ws: WebSocket| {
        assert!(matches!(ws.receive_within(3600 * SECOND).await, Received::Silence));
    }))
    .await;
    let before = Instant::now();
    assert_eq!(client.closed().await.0, 1000);
    assert_eq!(before.elapsed().as_secs(), 3600);
}

#[tokio::test(start_paused = true)]
async fn pings_are_answered_while_the_handler_is_busy() {
    let mut client = connect(socket(async |ws: WebSocket| {
        sleep(SECOND).await;
        drop(ws);
    }))
    .await;
    let before = Instant::now();
    client.send(Message::Ping("still there?".into())).await;
    assert_eq!(client.next().await, Some(Message::Pong("still there?".into())));
    assert!(before.elapsed() < SECOND);
    assert_eq!(client.closed().await.0, 1000);
}

/// A proxy between the two sees them; and where the client is gone, nobody acknowledges them.
#[tokio::test(start_paused = true)]
async fn pings_go_out_though_nothing_more_is_read() {
    let mut client = connect(socket(async |mut ws: WebSocket| {
        sleep(90 * SECOND).await;
        while let Received::Message(message) = ws.receive().await {
            ws.send(message).await?;
        }
        Ok::<(), converse::Error>(())
    }))
    .await;
    for number in 0..400 {
        client.send(number.to_string()).await;
    }
    for seconds in [20, 40, 60, 80] {
        assert!(matches!(client.next().await, Some(Message::Ping(_))), "after {seconds} s");
    }
    for number in 0..400 {
        assert_eq!(client.text().await, number.to_string(), "nothing is lost, and nobody given up");
    }
}

#[tokio::test(start_paused = true)]
async fn the_echo_of_a_ping_message_is_no_message() {
    let mut client = connect(socket(async |mut ws: WebSocket| {
        ws.ping_policy(PingPolicy::message("ping-message", 10 * SECOND));
        while let Received::Message(message) = ws.receive().await {
            ws.send(format!("got {message}")).await?;
        }
        Ok::<_, converse::Error>(())
    }))
    .await;
    client.send("ping-message").await;
    assert_eq!(client.text().await, "got ping-message");
    let before = Instant::now();
    for _ in 0..3 {
        assert_eq!(client.text().await, "ping-message");
        client.send("ping-message").await;
    }
    assert_eq!(before.elapsed().as_secs(), 30);
    client.send("a word").await;
    assert_eq!(client.text().await, "got a word");
    client.send("ping-message").await;
    assert_eq!(client.text().await, "got ping-message");
}

#[tokio::test(start_paused = true)]
async fn without_a_policy_nothing_is_sent() {
    let mut client = connect(socket(async |mut ws: WebSocket| {
        ws.ping_policy(PingPolicy::OFF);
        assert!(matches!(ws.receive_within(3600 * SECOND).await, Received::Silence));
    }))
    .await;
    assert!(matches!(client.next().await, Some(Message::Close(_))));
}
