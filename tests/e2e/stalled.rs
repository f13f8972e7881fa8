//! Peers that stop half-way: they take nothing of an answer, or give nothing of a request.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use converse::{Received, WebSocket};
use futures_util::stream;
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::http2::Connection;
use crate::support::{Raw, serve, serve_as, socket};

/// An answer without end, at `/endless`, and what is done once nobody sends it any more.
pub(crate) fn endless() -> (Router, oneshot::Receiver<()>) {
    let (sends, sent) = oneshot::channel::<()>();
    let sends = Arc::new(Mutex::new(Some(sends)));
    let handler = async move || {
        let sends = sends.lock().expect("nothing panics here").take().expect("it is asked for once");
        Body::from_stream(stream::repeat_with(move || {
            let _while_it_is_there = &sends;
            Ok::<_, std::io::Error>("x".repeat(16 * 1024))
        }))
    };
    (Router::new().route("/endless", get(handler)), sent)
}

/// Has time that stands still go on by little: wherever a thread waits, for a socket too, it is set to when the next timer is due.
pub(crate) fn pace() -> JoinSet<()> {
    let mut paces = JoinSet::new();
    paces.spawn(async {
        loop {
            sleep(Duration::from_millis(50)).await;
        }
    });
    paces
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_not_kept_for_who_does_not_take_it() {
    let _pace = pace();
    let (app, sent) = endless();
    let server = serve(app).await;
    let mut raw = Raw::connect(server.address).await;
    raw.send(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    // As long as some of it is taken now and then, it goes on: each time more than what waits in between.
    let mut sent = sent;
    for _ in 0..4 {
        assert!(timeout(Duration::from_secs(15), &mut sent).await.is_err(), "it is sent");
        raw.take(16 << 20).await;
    }
    let begun = Instant::now();
    timeout(Duration::from_secs(60), sent).await.expect("it ends").expect_err("nobody says anything");
    assert!((19..=21).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    let _ = raw.rest().await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_not_taken_ends_and_the_others_go_on() {
    let _pace = pace();
    let (app, sent) = endless();
    let echo = socket(async |mut ws: WebSocket| {
        while let Received::Message(message) = ws.receive().await {
            ws.send(message).await?;
        }
        Ok::<_, converse::Error>(())
    });
    let server = serve(app.route("/page", get(async || "a page")).merge(echo)).await;
    let mut connection = Connection::to(server.address).await;
    let mut client = connection.open("/").await;
    let begun = Instant::now();
    let answer = connection.get("/endless").await;
    let mut sent = std::pin::pin!(sent);
    loop {
        client.send("still there").await;
        assert_eq!(client.text().await, "still there");
        assert!(begun.elapsed().as_secs() < 60, "it is kept");
        tokio::select! {
            _ = &mut sent => break,
            () = sleep(Duration::from_secs(1)) => {}
        }
    }
    assert!((19..=22).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    answer.into_body().collect().await.expect_err("it has no end");
    client.send("for long").await;
    assert_eq!(client.text().await, "for long");
}

#[tokio::test(start_paused = true)]
async fn who_takes_nothing_keeps_no_connection_of_http_2() {
    let _pace = pace();
    let server = serve(Router::new().route("/", get(async || "x".repeat(1 << 20)))).await;
    for window in [0_u32, 1, 20_000] {
        let mut raw = speak_http_2(server.address, window).await;
        for stream in 0..128 {
            // `GET http://a/`, by the static table (RFC 7541 appendix A).
            raw.send(&frame(1, 5, 1 + 2 * stream, b"\x82\x86\x84\x01\x01a")).await;
        }
        let begun = Instant::now();
        let served = timeout(Duration::from_secs(300), acknowledge(&mut raw, None));
        served.await.unwrap_or_else(|_| panic!("a connection with windows of {window} is kept"));
        assert!(begun.elapsed() < Duration::from_secs(60), "{window}: {:?}", begun.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_has_ten_seconds_also_where_it_may_be_one_of_http_2() {
    let _pace = pace();
    let server = serve(Router::new()).await;
    let begun = Instant::now();
    let mut raw = Raw::connect(server.address).await;
    raw.send(b"P").await;
    sleep(Duration::from_secs(9)).await;
    raw.send(b"UT / HTTP/1.1\r\n").await;
    let _ = raw.rest().await;
    assert_eq!(begun.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_body_is_waited_for_as_long_as_it_comes() {
    let _pace = pace();
    let server = serve(Router::new().route("/", post(async |body: String| body))).await;
    let mut raw = Raw::connect(server.address).await;
    raw.0.set_nodelay(true).expect("it is open");
    for (length, comes) in [(4, "slow"), (9, "half")] {
        raw.send(format!("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n").as_bytes()).await;
        for byte in comes.bytes() {
            sleep(Duration::from_secs(15)).await;
            raw.send(&[byte]).await;
        }
        let begun = Instant::now();
        let head = raw.head().await;
        if comes.len() == length {
            assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
            assert_eq!(raw.take(length).await, comes.as_bytes());
        } else {
            assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
            assert!((19..=21).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
        }
    }
    raw.rest().await.expect("an end in good order");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_waits_for_nobody_who_has_stopped_before() {
    let _pace = pace();
    let (app, _sent) = endless();
    let server = serve_as(app, |server| server.drain_for(Duration::from_secs(60))).await;
    let mut idle = Vec::new();
    for said in ["", "GET / HTTP/1.1\r\nHost: ", "PRI * HTTP/2.0\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut raw = Raw::connect(server.address).await;
        raw.send(said.as_bytes()).await;
        idle.push(raw);
    }
    let mut raw = Raw::connect(server.address).await;
    raw.send(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    raw.head().await;
    let begun = Instant::now();
    server.stop().await.unwrap().unwrap();
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_has_an_answer_taken_to_its_end() {
    let _pace = pace();
    let long = 64 << 20;
    let server = serve(Router::new().route("/", get(async move || "x".repeat(long)))).await;
    let mut raw = Raw::connect(server.address).await;
    raw.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    raw.head().await;
    let stopped = server.stop();
    for _ in 0..4 {
        raw.take(long / 4).await;
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(raw.rest().await.expect("an end in good order"), b"");
    stopped.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_websocket_that_is_given_up_leaves_no_stream() {
    let _pace = pace();
    let greets = socket(async |ws: WebSocket| ws.send("welcome").await);
    let server = serve(greets.route("/pending", get(std::future::pending::<()>))).await;
    let mut raw = speak_http_2(server.address, 0).await;
    // As long as this one waits, the connection is kept.
    raw.send(&frame(1, 5, 1, b"\x82\x86\x04\x08/pending\x01\x01a")).await;
    let websocket =
        b"\x02\x07CONNECT\x00\x09:protocol\x09websocket\x86\x84\x01\x01a\x00\x15sec-websocket-version\x0213";
    raw.send(&frame(1, 4, 3, websocket)).await;
    let begun = Instant::now();
    let reset = timeout(Duration::from_secs(300), acknowledge(&mut raw, Some(3)));
    reset.await.expect("its last words are not waited for");
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short payload").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A connection of HTTP/2, for each of whose streams the peer takes so many bytes.
async fn speak_http_2(address: SocketAddr, window: u32) -> Raw {
    let mut raw = Raw::connect(address).await;
    raw.0.set_nodelay(true).expect("it is open");
    raw.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    raw.send(&frame(4, 0, 0, &[&4_u16.to_be_bytes()[..], &window.to_be_bytes()].concat())).await;
    raw
}

/// Acknowledges settings and pings, and hears nothing of a farewell, until the server hangs up or resets that stream.
async fn acknowledge(raw: &mut Raw, stream: Option<u32>) {
    let mut head = [0; 9];
    while raw.0.read_exact(&mut head).await.is_ok() {
        let payload = raw.take(u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize).await;
        let (kind, is_answer) = (head[3], head[4] & 1 == 1);
        let answer = match kind {
            3 if stream == Some(u32::from_be_bytes([head[5], head[6], head[7], head[8]])) => return,
            4 if !is_answer => frame(4, 1, 0, b""),
            6 if !is_answer => frame(6, 1, 0, &payload),
            _ => continue,
        };
        // It may have hung up meanwhile.
        let _ = raw.0.write_all(&answer).await;
    }
    assert_eq!(stream, None, "it is reset before the connection ends");
}
