//! Messages: in order, of two kinds, none lost.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use converse::{Binary, Json, Limits, PingPolicy, Received, Upgrade, WebSocket};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Client, connect, serve, socket};

const SECOND: Duration = Duration::from_secs(1);

async fn echo(mut ws: WebSocket) -> converse::Result {
    ws.limits(Limits::default().max_message_size(1 << 20));
    while let Received::Message(message) = ws.receive().await {
        ws.send(message).await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_sent_comes_back_in_order_and_as_the_kind_it_was() {
    let server = serve(socket(echo)).await;
    let mut client = server.connect().await;
    for number in 0..1000 {
        client.send(number.to_string()).await;
        client.send(vec![1, 2, 3]).await;
    }
    for number in 0..1000 {
        assert_eq!(client.next().await, Some(Message::text(number.to_string())));
        assert_eq!(client.next().await, Some(Message::binary(vec![1, 2, 3])));
    }
}

#[tokio::test]
async fn any_server_of_axum_will_do() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, socket(echo)).into_future());
    let mut client = Client::over(tokio::net::TcpStream::connect(address).await.unwrap(), "/").await;
    client.send("plain axum").await;
    assert_eq!(client.text().await, "plain axum");
    client.close(1000, "").await;
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test]
async fn messages_of_any_length_come_back_whole() {
    let mut client = connect(socket(echo)).await;
    for length in [0, 1, 125, 126, 1024, 1025, 16_384, 16_385, 65_535, 65_536, 1 << 20] {
        let text = "ü".repeat(length / 2);
        client.send(text.as_str()).await;
        assert!(client.text().await == text, "{length}");
    }
}

#[tokio::test]
async fn a_route_decides_how_big_a_message_may_be() {
    let route = any(async |upgrade: Upgrade| {
        let upgrade = upgrade.limits(Limits::default().max_message_size(5)).ping_policy(PingPolicy::OFF);
        upgrade.on_socket(async |mut ws: WebSocket| match ws.receive().await {
            Received::Message(message) => ws.send(message).await,
            Received::TooBig { limit } => Err(converse::Error::new(format!("more than {limit} bytes"))),
            other => panic!("{other:?}"),
        })
    });
    let app = Router::new().fallback(route);
    let mut client = connect(app.clone()).await;
    client.send("12345").await;
    assert_eq!(client.text().await, "12345");
    let mut client = connect(app).await;
    client.send("123456").await;
    assert_eq!(client.closed().await.0, 1009);
}

#[tokio::test]
async fn what_can_be_said_can_be_sent() {
    let mut client = connect(socket(async |ws: WebSocket| {
        ws.send("text").await?;
        ws.send(String::from("owned")).await?;
        ws.send(Binary(vec![1].into())).await?;
        ws.send(Json([1, 2])).await
    }))
    .await;
    assert_eq!(client.next().await, Some(Message::text("text")));
    assert_eq!(client.next().await, Some(Message::text("owned")));
    assert_eq!(client.next().await, Some(Message::binary(vec![1])));
    assert_eq!(client.next().await, Some(Message::text("[1,2]")));
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test(start_paused = true)]
async fn silence_harms_nothing() {
    let mut client = connect(socket(async |mut ws: WebSocket| {
        assert!(matches!(ws.receive_within(SECOND).await, Received::Silence));
        assert!(matches!(ws.receive_within(Duration::ZERO).await, Received::Silence));
        ws.send("quiet here").await?;
        match ws.receive_within(Duration::MAX).await {
            Received::Message(message) => ws.send(message).await,
            other => panic!("{other:?}"),
        }
    }))
    .await;
    assert_eq!(client.text().await, "quiet here");
    client.send("at last").await;
    assert_eq!(client.text().await, "at last");
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test(start_paused = true)]
async fn a_receive_that_is_given_up_takes_nothing_along() {
    let mut client = connect(socket(async |mut ws: WebSocket| {
        let mut received = 0;
        while received < 100 {
            tokio::select! {
                biased;
                () = tokio::task::yield_now() => {}
                got = ws.receive_within(SECOND) => match got {
                    Received::Message(message) => {
                        assert_eq!(message.as_text(), Some(&*received.to_string()));
                        received += 1;
                    }
                    other => panic!("{other:?}"),
                },
            }
        }
        ws.send("all there").await
    }))
    .await;
    for number in 0..100 {
        client.send(number.to_string()).await;
    }
    assert_eq!(client.text().await, "all there");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_there_wins_over_a_patience_that_is_over() {
    let mut client = connect(socket(async |mut ws: WebSocket| {
        tokio::time::sleep(SECOND).await; // Meanwhile it arrives.
        match ws.receive_within(Duration::ZERO).await {
            Received::Message(message) => ws.send(message).await,
            other => panic!("{other:?}"),
        }
    }))
    .await;
    client.send("early").await;
    assert_eq!(client.text().await, "early");
}

#[tokio::test]
async fn a_sender_sends_while_the_socket_waits() {
    let mut client = connect(socket(async |mut ws: WebSocket| {
        let sender = ws.sender();
        let received = tokio::join!(ws.receive(), sender.send("spoken while waiting"));
        assert!(matches!(received.0, Received::Message(_)));
    }))
    .await;
    assert_eq!(client.text().await, "spoken while waiting");
    client.send("heard").await;
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test]
async fn a_socket_works_from_another_task() {
    let mut client = connect(socket(async |ws: WebSocket| {
        tokio::spawn(echo(ws));
    }))
    .await;
    client.send("far away").await;
    assert_eq!(client.text().await, "far away");
    client.close(1000, "").await;
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test]
async fn a_handler_that_does_not_receive_makes_the_peer_wait_and_loses_nothing() {
    const COUNT: usize = 2_000;
    let go = Arc::new(Notify::new());
    let server = serve(socket({
        let go = Arc::clone(&go);
        async move |mut ws: WebSocket| {
            go.notified().await;
            for number in 0..COUNT {
                let Received::Message(message) = ws.receive().await else { panic!("message {number} is missing") };
                assert!(message.as_text().is_some_and(|text| text.starts_with(&format!("{number} "))));
            }
            ws.send("all there").await
        }
    }))
    .await;
    let mut client = server.connect().await;
    let padding = "x".repeat(10_000);
    let mut sent = 0;
    let sending = async {
        while sent < COUNT {
            client.send(format!("{sent} {padding}")).await;
            sent += 1;
        }
    };
    // 20 MB are more than all the buffers on the way: the peer has to stop.
    assert!(tokio::time::timeout(SECOND, sending).await.is_err());
    go.notify_one();
    // The message that was given up half-way is in the client's buffer as a whole.
    for number in sent + 1..COUNT {
        client.send(format!("{number} {padding}")).await;
    }
    assert_eq!(client.text().await, "all there");
}

#[tokio::test]
async fn a_peer_that_does_not_read_makes_the_sender_wait() {
    let server = serve(socket(async |ws: WebSocket| {
        let padding = "x".repeat(10_000);
        for number in 0..2_000 {
            ws.send(format!("{number} {padding}")).await?;
        }
        Ok::<_, converse::Error>(())
    }))
    .await;
    let mut client = server.connect().await;
    for number in 0..2_000 {
        assert!(client.text().await.starts_with(&format!("{number} ")));
    }
    assert_eq!(client.closed().await.0, 1000);
}
