//! What a route says of its sockets, and what every route says that says nothing.

use std::time::Duration;

use axum::Extension;
use axum::Router;
use axum::http::StatusCode;
use converse::{Origins, Sessions, prelude::*};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::http::header::{HeaderMap, HeaderName, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{Browser, Raw, serve};

#[ws_route("/", max_message = "8 B", max_fragments = 3, max_messages_per_second = 10, ping = "off")]
async fn narrow(mut socket: WebSocket) -> converse::Result {
    while let Received::Message(message) = socket.receive().await {
        socket.send(message).await?;
    }
    Ok(())
}

#[ws_route("/", origins = ["https://app.example.org"], protocols = ["chat.v2", "chat.v1"])]
async fn open(socket: WebSocket) -> converse::Result {
    socket.send(socket.protocol().unwrap_or("none")).await
}

#[ws_route("/", origins = dangerous_any)]
async fn anybody(socket: WebSocket) -> converse::Result {
    socket.send("hello").await
}

#[ws_route("/")]
async fn unsaid(socket: WebSocket) -> converse::Result {
    socket.send("hello").await
}

/// What becomes of a connection on which this is sent.
async fn rest(frames: &[Vec<u8>]) -> Vec<u8> {
    let server = serve(routes![narrow]).await;
    let mut raw = Raw::open(server.address, &frames.concat()).await;
    raw.rest().await.expect("it is not reset")
}

#[tokio::test]
async fn a_message_that_is_too_big_for_its_route_is_1009() {
    assert_eq!(rest(&[Raw::frame(0x81, b"123456789")]).await, Raw::close(1009, ""));
    let halves = [Raw::frame(0x01, b"12345"), Raw::frame(0x80, b"6789")];
    assert_eq!(rest(&halves).await, Raw::close(1009, ""));
}

#[tokio::test]
async fn fragments_are_counted() {
    let (begins, goes_on, ends) = (Raw::frame(0x01, b""), Raw::frame(0x00, b""), Raw::frame(0x80, b""));
    let close = Raw::frame(0x88, &1000_u16.to_be_bytes());
    let three = [begins.clone(), goes_on.clone(), ends.clone(), close];
    assert_eq!(rest(&three).await, [&[0x81, 0][..], &Raw::close(1000, "")].concat());
    let four = [begins, goes_on.clone(), goes_on, ends];
    assert_eq!(rest(&four).await, Raw::close(1008, "too many fragments"));
}

#[tokio::test]
async fn every_message_and_control_frame_counts_against_the_rate() {
    let pings = vec![Raw::frame(0x89, b""); 11];
    assert!(rest(&pings).await.ends_with(&Raw::close(1008, "too many messages")));
    let close = Raw::frame(0x88, &1000_u16.to_be_bytes());
    let few = [vec![Raw::frame(0x89, b""); 9], vec![close]].concat();
    assert!(rest(&few).await.ends_with(&Raw::close(1000, "")));
}

/// What a handshake with this header is answered, and what is said then; the status where it is refused.
async fn handshake(app: Router, header: Option<(HeaderName, &str)>) -> Result<(HeaderMap, String), StatusCode> {
    let header = header.map(|(name, value)| (name, value.parse().expect("a header's value")));
    match Browser::new(&app, "/").open(header).await {
        Ok((mut client, response)) => Ok((response.headers().clone(), client.text().await)),
        Err(Error::Http(response)) => Err(response.status()),
        Err(error) => panic!("{error}"),
    }
}

/// Whether a page of this origin is let in.
async fn lets_in(app: Router, origin: &str) -> bool {
    match handshake(app, Some((ORIGIN, origin))).await {
        Ok(_) => true,
        Err(status) => {
            assert_eq!(status, StatusCode::FORBIDDEN);
            false
        }
    }
}

#[tokio::test]
async fn a_page_of_another_host_is_refused_unless_it_is_listed() {
    let stranger = "https://evil.example";
    for app in [routes![unsaid], routes![open]] {
        assert!(!lets_in(app.clone(), stranger).await);
        assert!(lets_in(app.clone(), "https://localhost").await, "its own host");
        assert!(handshake(app, None).await.is_ok(), "no page");
    }
    assert!(lets_in(routes![open], "https://app.example.org").await);
    assert!(lets_in(routes![anybody], stranger).await);
    let listed = Origins::allow([stranger]).expect("it is an origin");
    assert!(lets_in(routes![unsaid].layer(Extension(listed.clone())), stranger).await);
    assert!(!lets_in(routes![open].layer(Extension(listed)), stranger).await, "what the route says goes before");
}

#[tokio::test]
async fn a_proxy_on_any_port_names_the_host_as_the_browser_does() {
    let server = serve(routes![unsaid]).await;
    for (host, origin, is_own) in [
        ("example.org:8443", "https://example.org:8443", true),
        ("example.org", "https://example.org", true),
        ("example.org:443", "https://example.org", true),
        ("example.org:80", "http://example.org", true),
        // Where a proxy leaves the port out.
        ("example.org", "https://example.org:8443", false),
    ] {
        let mut raw = Raw::connect(server.address).await;
        let request = format!(
            "GET / HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        raw.send(request.as_bytes()).await;
        let expected = if is_own { "HTTP/1.1 101 " } else { "HTTP/1.1 403 " };
        assert!(raw.head().await.starts_with(expected), "{origin} at {host}");
    }
}

#[tokio::test]
async fn the_first_subprotocol_that_both_know_is_spoken() {
    let agreed = async |offered: Option<&str>| {
        let offered = offered.map(|offered| (SEC_WEBSOCKET_PROTOCOL, offered));
        let (headers, said) = handshake(routes![open], offered).await.expect("it is let in");
        let header = headers.get(SEC_WEBSOCKET_PROTOCOL).map(|name| name.to_str().expect("a token").to_owned());
        assert_eq!(header.as_deref().unwrap_or("none"), said);
        said
    };
    assert_eq!(agreed(Some("chat.v1, chat.v2")).await, "chat.v2");
    assert_eq!(agreed(Some("chat.v1")).await, "chat.v1");
    assert_eq!(agreed(None).await, "none");
}

/// Says more than any buffer of the system holds, and then how much of it was taken.
async fn flood(socket: &WebSocket) -> converse::Result<usize> {
    let long = "x".repeat(16 << 10);
    let mut taken = 0;
    while taken < 4_000 {
        socket.send(&*long).await?;
        taken += 1;
    }
    Ok(taken)
}

#[ws_route("/", outbox = "64 KiB", when_full = drop)]
async fn drops(mut socket: WebSocket) -> converse::Result {
    let said = flood(&socket).await?;
    // It was not held up by who does not read; what it says next, once that one does, is heard.
    socket.receive().await;
    socket.send(format!("said {said}")).await
}

#[tokio::test(start_paused = true)]
async fn what_is_said_beyond_the_outbox_may_be_dropped() {
    let mut client = Browser::new(&routes![drops], "/").connect().await;
    sleep(Duration::from_secs(1)).await;
    let mut heard = 0;
    while timeout(Duration::from_secs(1), client.text()).await.is_ok() {
        heard += 1;
    }
    client.send("go on").await;
    assert_eq!(client.text().await, "said 4000");
    assert!((4..4_000).contains(&heard), "some of it is heard, and not all: {heard}");
}

#[ws_route("/", outbox = "64 KiB", when_full = close)]
async fn closes(socket: WebSocket) -> converse::Result {
    match flood(&socket).await {
        Err(_closed) => Ok(()),
        Ok(said) => panic!("all {said} were taken"),
    }
}

#[tokio::test(start_paused = true)]
async fn or_close_the_connection() {
    let mut client = Browser::new(&routes![closes], "/").connect().await;
    sleep(Duration::from_secs(1)).await;
    let (code, reason) = loop {
        match client.next().await {
            Some(Message::Close(Some(close))) => break (u16::from(close.code), close.reason.to_string()),
            Some(_) => {}
            None => panic!("it was not closed in good order"),
        }
    };
    assert_eq!((code, &*reason), (1013, "what was said is not read"));
}

/// Ten times what there is room for, all at once.
#[ws_route("/", outbox = "4 KiB", when_full = close)]
async fn says_much(mut socket: WebSocket) -> converse::Result {
    for number in 0..20 {
        socket.send(format!("{number:01000}")).await?;
    }
    // What goes on beside the connection has to wait for its task.
    let beside = tokio::spawn({
        let sender = socket.sender();
        async move {
            for number in 20..40 {
                sender.send(format!("{number:01000}")).await?;
            }
            converse::Result::Ok(())
        }
    });
    socket.receive().await;
    beside.await.expect("it does not panic")
}

#[ws_route("/", outbox = "4 KiB", when_full = drop)]
async fn says_much_or_drops(socket: WebSocket) -> converse::Result {
    for number in 0..40 {
        socket.send(format!("{number:01000}")).await?;
    }
    Ok(())
}

conversation! {
    /// Says more in its first turn than its route has room for.
    Verbose {
        for number in 0..40 {
            say "{number:01000}";
        }
        let _ok: String = ask "Is that all?";
    }
}

#[ws_route("/", outbox = "4 KiB", when_full = close)]
async fn verbose() -> Verbose {
    Verbose
}

#[tokio::test]
async fn who_reads_hears_all_of_what_is_said_at_once() {
    for app in [routes![says_much], routes![says_much_or_drops], routes![verbose].layer(Sessions::in_memory())] {
        let mut browser = Browser::new(&app, "/");
        // Whoever comes back to the conversation hears it again.
        for _ in 0..2 {
            let mut client = browser.connect().await;
            for number in 0..40 {
                assert_eq!(client.text().await, format!("{number:01000}"));
            }
        }
    }
}

#[ws_route("/", inbox = "2 KiB")]
async fn busy(mut socket: WebSocket) -> converse::Result {
    sleep(Duration::from_secs(60)).await;
    while let Received::Message(message) = socket.receive().await {
        socket.send(message).await?;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_comes_beyond_the_inbox_waits_and_is_not_lost() {
    let mut client = Browser::new(&routes![busy], "/").connect().await;
    for number in 0..50 {
        client.send(number.to_string()).await;
    }
    for number in 0..50 {
        assert_eq!(client.text().await, number.to_string());
    }
}

#[ws_route("/", inbox = "1 KiB", max_messages_per_second = 5)]
async fn slow(mut socket: WebSocket) -> converse::Result {
    while let Received::Message(message) = socket.receive().await {
        if message.as_text() == Some("wait") {
            sleep(Duration::from_secs(30)).await;
        }
        socket.send(message).await?;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_waited_for_room_is_no_flood_and_a_flood_that_follows_is() {
    let mut client = Browser::new(&routes![slow], "/").connect().await;
    client.send("wait").await;
    for number in 0..116 {
        client.send(number.to_string()).await;
        sleep(Duration::from_millis(250)).await;
    }
    assert_eq!(client.text().await, "wait");
    for number in 0..116 {
        assert_eq!(client.text().await, number.to_string());
    }
    // All has been read by then, so that nothing of the time is left.
    sleep(Duration::from_secs(1)).await;
    for _ in 0..50 {
        client.send("flood").await;
    }
    let close = loop {
        match client.next().await {
            Some(Message::Close(Some(close))) => break close,
            Some(_) => {}
            None => panic!("it was not closed in good order"),
        }
    };
    assert_eq!((u16::from(close.code), &*close.reason), (1008, "too many messages"));
}
