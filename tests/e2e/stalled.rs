//! Peers that stop half-way: they take nothing of an answer, or give nothing of a request.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use futures_util::stream;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use crate::support::{Raw, serve};

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

#[tokio::test(start_paused = true)]
async fn an_answer_is_not_kept_for_who_does_not_take_it() {
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
    sent.await.expect_err("nobody says anything");
    assert!((19..=21).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    let _ = raw.rest().await;
}
