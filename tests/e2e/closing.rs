//! Closes: with the right code, seen by both sides, in bounded time.

use std::time::Duration;

use converse::{Close, Limits, Received, WebSocket};
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Raw, connect, serve, socket};

/// An application that reports everything its sockets receive, to their end.
fn report() -> (axum::Router, mpsc::UnboundedReceiver<Received>) {
    let (reports, reported) = mpsc::unbounded_channel();
    let app = socket(async move |mut ws: WebSocket| {
        for _ in 0..4 {
            let _ = reports.send(ws.receive().await);
        }
    });
    (app, reported)
}

#[tokio::test]
async fn the_peers_code_and_reason_are_received_and_answered() {
    let (app, mut reported) = report();
    let mut client = connect(app).await;
    client.close(4001, "bye").await;
    assert_eq!(client.closed().await, (4001, "bye".to_owned()));
    for _ in 0..4 {
        // The end is said as often as it is asked for.
        match reported.recv().await {
            Some(Received::Closed(close)) => assert_eq!(close, Close::new(4001, "bye")),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_close_without_a_code_is_1005_and_a_lost_connection_1006() {
    let (app, mut reported) = report();
    let server = serve(app).await;
    let mut client = Raw::open(server.address, &Raw::frame(0x88, b"")).await;
    assert_eq!(client.rest().await.unwrap(), [0x88, 0x00]);
    assert!(matches!(reported.recv().await, Some(Received::Closed(Close { code: Close::NO_STATUS, .. }))));

    let (app, mut reported) = report();
    let server = serve(app).await;
    drop(Raw::open(server.address, b"").await);
    assert!(matches!(reported.recv().await, Some(Received::Closed(Close { code: Close::ABNORMAL, .. }))));
}

#[tokio::test]
async fn messages_before_the_close_are_received_before_it() {
    let (app, mut reported) = report();
    let mut client = connect(app).await;
    client.send("last words").await;
    client.close(1000, "").await;
    assert!(
        matches!(reported.recv().await, Some(Received::Message(message)) if message.as_text() == Some("last words"))
    );
    assert!(matches!(reported.recv().await, Some(Received::Closed(Close { code: 1000, .. }))));
}

#[tokio::test]
async fn whoever_closes_gets_all_answers_and_no_reset() {
    let server = serve(socket(async |mut ws: WebSocket| {
        while let Received::Message(message) = ws.receive().await {
            ws.send(message).await?;
        }
        Ok::<_, converse::Error>(())
    }))
    .await;
    // By what is read at once the close is cut off, cut in two, or just there.
    for first in [0].into_iter().chain(98..116) {
        let messages = [Raw::frame(0x82, &vec![0; first]), Raw::frame(0x82, &[0; 100]).repeat(308)].concat();
        let mut client = Raw::open(server.address, b"").await;
        client.send(&[messages, Raw::frame(0x88, b"\x03\xE8")].concat()).await;
        let came = client.rest().await.expect("no reset");
        assert!(came.ends_with(&Raw::close(1000, "")), "{first}");
        assert_eq!(came.len(), 2 + first + 308 * 102 + 4, "{first}");
    }
}

#[tokio::test]
async fn close_with_sends_the_code_and_the_reason_behind_what_was_sent() {
    let mut client = connect(socket(async |ws: WebSocket| {
        ws.send("first").await?;
        assert!(ws.close_with(1005, "").await.is_err());
        assert!(ws.close_with(4000, "x".repeat(124)).await.is_err());
        ws.send("second").await?;
        ws.close_with(4000, "enough").await?;
        assert!(ws.send("third").await.unwrap_err().is_closed());
        Ok::<_, converse::Error>(())
    }))
    .await;
    assert_eq!(client.text().await, "first");
    assert_eq!(client.text().await, "second");
    assert_eq!(client.closed().await, (4000, "enough".to_owned()));
}

#[tokio::test]
async fn dropping_a_socket_closes_it() {
    let mut client = connect(socket(async |ws: WebSocket| ws.send("that was all").await)).await;
    assert_eq!(client.text().await, "that was all");
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test]
async fn an_error_of_the_handlers_is_1011() {
    let mut client = connect(socket(async |_: WebSocket| Err::<(), _>("the database is away"))).await;
    assert_eq!(client.closed().await, (1011, String::new()));
}

#[tokio::test]
async fn a_panic_is_1011_and_the_server_stands() {
    let server = serve(socket(async |mut ws: WebSocket| {
        if let Received::Message(message) = ws.receive().await {
            assert_eq!(message.as_text(), Some("gently"), "this panic is part of the test");
            ws.send("fine").await?;
        }
        Ok::<_, converse::Error>(())
    }))
    .await;
    let mut client = server.connect().await;
    client.send("panic").await;
    assert_eq!(client.closed().await.0, 1011);
    let mut client = server.connect().await;
    client.send("gently").await;
    assert_eq!(client.text().await, "fine");
}

#[tokio::test]
async fn a_message_too_big_is_1009() {
    let (reports, mut reported) = mpsc::unbounded_channel();
    let server = serve(socket(async move |mut ws: WebSocket| {
        ws.limits(Limits::default().max_message_size(100_000));
        while !matches!(ws.receive().await, Received::Closed(_)) {}
        let _ = reports.send(());
    }))
    .await;
    let mut client = server.connect().await;
    client.send("x".repeat(100_000)).await;
    // Much more than the server will ever read at once: were it to hang up on that, the close would be lost.
    client.send("x".repeat(3_000_000)).await;
    assert_eq!(client.closed().await.0, 1009);
    reported.recv().await.expect("the handler ends");

    let (app, mut reported) = report();
    let mut client = connect(app).await;
    client.send(vec![0; 65_537]).await;
    assert!(matches!(reported.recv().await, Some(Received::TooBig { limit: 65_536 })));
    assert!(matches!(reported.recv().await, Some(Received::Closed(Close { code: Close::TOO_BIG, .. }))));
    assert_eq!(client.closed().await.0, 1009);
}

#[tokio::test]
async fn text_that_is_not_utf8_is_1007_and_a_broken_protocol_1002() {
    let frame = Raw::frame;
    let mistakes = [
        (1007, frame(0x81, b"\xFF")),
        (1007, frame(0x88, b"\x03\xE8\xFF")),
        (1007, [frame(0x01, b"\xC3"), frame(0x80, b"x")].concat()),
        (1002, frame(0x83, b"")),                                            // no such opcode
        (1002, frame(0xC1, b"")),                                            // a reserved bit
        (1002, frame(0x80, b"")),                                            // a continuation of nothing
        (1002, [frame(0x01, b"a"), frame(0x81, b"b")].concat()),             // a message within a message
        (1002, frame(0x09, b"")),                                            // a ping in parts
        (1002, frame(0x88, b"\x03")),                                        // half a close code
        (1002, vec![0x81, 0x01, b'x']),                                      // no mask
        (1002, [&[0x89, 0xFE, 0, 126, 0, 0, 0, 0][..], &[0; 126]].concat()), // a ping too long
    ];
    for (code, mistake) in mistakes {
        let (app, mut reported) = report();
        let server = serve(app).await;
        let mut client = Raw::open(server.address, &mistake).await;
        assert_eq!(client.rest().await.expect("no reset"), Raw::close(code, ""), "{mistake:x?}");
        assert!(matches!(reported.recv().await, Some(Received::Failed(_))), "{mistake:x?}");
        assert!(matches!(reported.recv().await, Some(Received::Closed(close)) if close.code == code), "{mistake:x?}");
    }
}

#[tokio::test(start_paused = true)]
async fn closing_does_not_wait_for_ever() {
    let (done, mut closed) = mpsc::unbounded_channel();
    let mut client = connect(socket(async move |mut ws: WebSocket| {
        let before = tokio::time::Instant::now();
        ws.close_with(4002, "now").await?;
        assert!(matches!(ws.receive().await, Received::Closed(Close { code: Close::ABNORMAL, .. })));
        let _ = done.send(before.elapsed());
        Ok::<_, converse::Error>(())
    }))
    .await;
    // The client does not look, so that it does not answer either.
    assert_eq!(closed.recv().await, Some(Duration::from_secs(5)));
    assert!(matches!(client.next().await, Some(Message::Close(Some(close))) if u16::from(close.code) == 4002));
}

#[tokio::test]
async fn a_peer_that_never_stops_sending_is_cut_off() {
    let server = serve(socket(async |ws: WebSocket| drop(ws))).await;
    let mut client = Raw::open(server.address, b"").await;
    let flood = Raw::frame(0x82, &[0; 125]).repeat(100);
    let before = tokio::time::Instant::now();
    while client.0.write_all(&flood).await.is_ok() {}
    assert!(before.elapsed() < Duration::from_secs(8), "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_nothing_is_given_up() {
    let (done, mut closed) = mpsc::unbounded_channel();
    let client = connect(socket(async move |ws: WebSocket| {
        let before = tokio::time::Instant::now();
        while ws.send("x".repeat(1000)).await.is_ok() {}
        let _ = done.send(before.elapsed());
    }))
    .await;
    assert_eq!(closed.recv().await, Some(Duration::from_secs(20)));
    drop(client);
}
