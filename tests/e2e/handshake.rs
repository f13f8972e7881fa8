//! Requests that are no handshakes, byte for byte.

use std::time::Duration;

use converse::{Received, WebSocket};
use tokio::io::AsyncReadExt;

use crate::support::{Raw, serve, socket};

const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n";
const UPGRADE: &str = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n";
const REST: &str = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// What the server answers to a request: the head, without the date, and the body.
async fn answer(request: &str) -> String {
    let server = serve(socket(async |_: WebSocket| {})).await;
    let mut client = Raw::connect(server.address).await;
    client.send(request.as_bytes()).await;
    let mut answer = String::new();
    let mut length = 0;
    for line in client.head().await.lines() {
        match line.split_once(": ") {
            Some(("date", _)) => {}
            Some(("content-length", digits)) => length = digits.parse().unwrap(),
            _ => answer.extend([line, "\n"]),
        }
    }
    let mut body = vec![0; length];
    client.0.read_exact(&mut body).await.unwrap();
    answer + std::str::from_utf8(&body).unwrap()
}

/// What somebody is told whose request is not what it should be.
fn bad_request(words: &str) -> String {
    format!("HTTP/1.1 400 Bad Request\ncontent-type: text/plain; charset=utf-8\n\n{words}\n")
}

#[tokio::test]
async fn a_plain_request_is_asked_to_upgrade() {
    let expected = "\
HTTP/1.1 426 Upgrade Required
content-type: text/plain; charset=utf-8
connection: Upgrade
upgrade: websocket
sec-websocket-version: 13

this is a WebSocket: expected HTTP/1.1 with the headers `Connection: Upgrade` and `Upgrade: websocket`
";
    assert_eq!(answer(&format!("{GET}\r\n")).await, expected);
    assert_eq!(answer(&format!("{GET}Connection: not-upgrade\r\nUpgrade: websocket\r\n\r\n")).await, expected);
}

#[tokio::test]
async fn another_version_is_told_the_right_one() {
    let expected = "\
HTTP/1.1 426 Upgrade Required
content-type: text/plain; charset=utf-8
connection: Upgrade
upgrade: websocket
sec-websocket-version: 13

expected the header `Sec-WebSocket-Version: 13`
";
    assert_eq!(answer(&format!("{GET}{UPGRADE}Sec-WebSocket-Version: 8\r\n\r\n")).await, expected);
    assert_eq!(answer(&format!("{GET}{UPGRADE}\r\n")).await, expected);
}

#[tokio::test]
async fn a_key_that_is_none_is_a_bad_request() {
    let expected = bad_request("expected one header `Sec-WebSocket-Key` with 16 bytes in base64");
    for key in ["", "Sec-WebSocket-Key: short\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=!\r\n"] {
        let request = format!("{GET}{UPGRADE}Sec-WebSocket-Version: 13\r\n{key}\r\n");
        assert_eq!(answer(&request).await, expected, "{key}");
    }
}

#[tokio::test]
async fn a_host_that_is_none_is_a_bad_request() {
    let expected = bad_request("expected one header `Host` with the name of a host");
    let twice = "Host: evil.example\r\nHost: localhost\r\nOrigin: http://evil.example\r\n";
    for host in ["", "Host:\r\n", "Host: localhost\r\nHost: evil.example\r\n", twice] {
        let request = format!("GET / HTTP/1.1\r\n{host}{UPGRADE}{REST}\r\n");
        assert_eq!(answer(&request).await, expected, "{host}");
    }
}

#[tokio::test]
async fn two_versions_are_a_bad_request() {
    let expected = bad_request("expected one header `Sec-WebSocket-Version`, and no other");
    assert_eq!(answer(&format!("{GET}{UPGRADE}{REST}Sec-WebSocket-Version: 8\r\n\r\n")).await, expected);
}

#[tokio::test]
async fn a_body_is_a_bad_request() {
    let expected =
        bad_request("a WebSocket handshake has no body: expected neither a `Content-Length` nor a `Transfer-Encoding`");
    for (announced, behind) in [
        ("Content-Length: 9\r\n", "123456789"),
        ("Content-Length: 1000000\r\n", ""),
        ("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    ] {
        let request = format!("{GET}{UPGRADE}{REST}{announced}\r\n{behind}");
        // Where both are announced, the connection is closed as well.
        let answer = answer(&request).await.replace("connection: close\n", "");
        assert_eq!(answer, expected, "{announced}");
    }
    let accepted = answer(&format!("{GET}{UPGRADE}{REST}Content-Length: 0\r\n\r\n")).await;
    assert!(accepted.starts_with("HTTP/1.1 101 "), "{accepted}");
}

#[tokio::test]
async fn another_method_is_told_which() {
    let expected = "\
HTTP/1.1 405 Method Not Allowed
content-type: text/plain; charset=utf-8
allow: GET

a WebSocket handshake is a GET request
";
    assert_eq!(answer(&format!("{}{UPGRADE}\r\n", GET.replace("GET", "POST"))).await, expected);
}

#[tokio::test]
async fn a_head_has_a_size() {
    let answer = answer(&format!("{GET}{UPGRADE}Cookie: {}\r\n\r\n", "x".repeat(20_000))).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn a_head_has_a_hundred_lines() {
    let lines = |count| (0..count).map(|line| format!("X-{line}: x\r\n")).collect::<String>();
    // Five are those of the handshake.
    let accepted = answer(&format!("{GET}{UPGRADE}{REST}{}\r\n", lines(95))).await;
    assert!(accepted.starts_with("HTTP/1.1 101 "), "{accepted}");
    let refused = answer(&format!("{GET}{UPGRADE}{REST}{}\r\n", lines(96))).await;
    assert!(refused.starts_with("HTTP/1.1 431 "), "{refused}");
}

#[tokio::test]
async fn an_offer_of_compression_is_declined_and_early_frames_are_kept() {
    let server = serve(socket(async |mut ws: WebSocket| match ws.receive().await {
        Received::Message(message) => ws.send(message).await,
        other => panic!("{other:?}"),
    }))
    .await;
    let mut client = Raw::connect(server.address).await;
    let request = format!(
        "{GET}{UPGRADE}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    );
    client.send(&[request.as_bytes(), &Raw::frame(0x81, b"early")].concat()).await;
    let head = client.head().await;
    assert!(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"), "{head}");
    assert!(head.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "{head}");
    assert!(!head.contains("extensions"), "{head}");
    let expected = [&b"\x81\x05early"[..], &Raw::close(1000, "")].concat();
    let mut answer = vec![0; expected.len()];
    client.0.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, expected);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_does_not_end_is_not_waited_for() {
    let server = serve(socket(async |_: WebSocket| {})).await;
    let before = tokio::time::Instant::now();
    for start in ["", "GET / HTTP/1.1\r\nX-Slow: "] {
        let mut client = Raw::connect(server.address).await;
        client.send(start.as_bytes()).await;
        let _ = client.rest().await;
    }
    assert!(before.elapsed() <= Duration::from_secs(21), "{:?}", before.elapsed());
}
