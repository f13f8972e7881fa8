//! Identifiers: one for each connection, and what happens to one that is taken.

use converse::{Close, ConnectionId, Connections, Received, Taken, WebSocket};
use tokio::sync::mpsc;

use crate::support::{connect, socket};

#[tokio::test]
async fn a_connection_is_found_by_its_identifier_as_long_as_it_lives() {
    let (ids, mut connected) = mpsc::unbounded_channel();
    let app = socket(async move |mut ws: WebSocket| {
        let _ = ids.send(ws.id());
        ws.receive().await;
    });
    let mut first = connect(app.clone()).await;
    let mut second = connect(app).await;
    let (a, b) = (connected.recv().await.unwrap(), connected.recv().await.unwrap());
    assert_ne!(a, b);
    Connections::get(&a).expect("the first").send("one").await.unwrap();
    Connections::get(&b).expect("the second").send("two").await.unwrap();
    assert_eq!(first.text().await, "one");
    assert_eq!(second.text().await, "two");

    let sender = Connections::get(&a).unwrap();
    first.close(1000, "").await;
    assert_eq!(first.closed().await.0, 1000);
    assert!(Connections::get(&a).is_none());
    assert!(sender.send("too late").await.unwrap_err().is_closed());
    assert!(Connections::get(&b).is_some());
}

/// An application whose every connection is called `name`, and that says whether it got it.
fn called(name: &'static str, taken: Taken) -> axum::Router {
    socket(async move |mut ws: WebSocket| {
        match ws.identify(name, taken) {
            Ok(()) => ws.send("yours").await?,
            Err(error) => return ws.close_with(4003, error.to_string()).await,
        }
        assert_eq!(ws.id(), ConnectionId::from(name));
        while let Received::Message(_) = ws.receive().await {}
        Ok(())
    })
}

#[tokio::test]
async fn the_latest_replaces_the_one_before() {
    let mut first = connect(called("replaced", Taken::REPLACE)).await;
    assert_eq!(first.text().await, "yours");
    let mut second = connect(called("replaced", Taken::Replace(Close::new(4444, "moved")))).await;
    assert_eq!(second.text().await, "yours");
    assert_eq!(first.closed().await, (4444, "moved".to_owned()));
    Connections::get("replaced").expect("the second").send("for you").await.unwrap();
    assert_eq!(second.text().await, "for you");

    let mut third = connect(called("replaced", Taken::REPLACE)).await;
    assert_eq!(third.text().await, "yours");
    assert_eq!(second.closed().await.0, Close::REPLACED);
}

#[tokio::test]
async fn whoever_was_first_may_keep_it() {
    let mut first = connect(called("kept", Taken::Refuse)).await;
    assert_eq!(first.text().await, "yours");
    let mut second = connect(called("kept", Taken::Refuse)).await;
    assert_eq!(second.closed().await, (4003, "the identifier belongs to another connection".to_owned()));
    first.close(1000, "").await;
    assert_eq!(first.closed().await.0, 1000);
    let mut third = connect(called("kept", Taken::Refuse)).await;
    assert_eq!(third.text().await, "yours");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_exactly_one_has_it() {
    let (calls, mut called) = mpsc::unbounded_channel();
    let app = socket(async move |mut ws: WebSocket| {
        let _ = calls.send(ws.identify("crowded", Taken::REPLACE).is_ok());
        while let Received::Message(_) = ws.receive().await {}
    });
    let clients: Vec<_> = (0..50).map(|_| tokio::spawn(connect(app.clone()))).collect();
    for _ in 0..50 {
        assert_eq!(called.recv().await, Some(true));
    }
    Connections::get("crowded").expect("the last").send("you").await.unwrap();
    let (mut holders, mut replaced) = (0, 0);
    for client in clients {
        match client.await.unwrap().next().await.expect("a word") {
            message if message.is_close() => replaced += 1,
            message => holders += usize::from(message.into_text().unwrap() == "you"),
        }
    }
    assert_eq!((holders, replaced), (1, 49));
}

#[tokio::test]
async fn a_sender_can_close_the_connection() {
    let mut client = connect(socket(async |mut ws: WebSocket| {
        let sender = ws.sender();
        tokio::spawn(async move { sender.close_with(4005, "from elsewhere").await });
        assert!(matches!(ws.receive().await, Received::Closed(Close { code: 4005, .. })));
    }))
    .await;
    assert_eq!(client.closed().await, (4005, "from elsewhere".to_owned()));
}
