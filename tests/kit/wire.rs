//! Transcripts over a WebSocket.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use converse::prelude::*;
use converse::store::Memory;
use converse::testing::{address, route};
use converse::{Server, Sessions};
use converse_sqlite::Sqlite;

use crate::bugs::{Sale, failure};
use crate::dialogues::Purchase;

#[ws_route("/buy/{model}")]
async fn buy(model: String) -> Purchase {
    Purchase { model }
}

/// Tells what it hears, and for whom.
#[ws_route("/echo")]
async fn echo(mut ws: WebSocket, headers: axum::http::HeaderMap) -> converse::Result {
    let name = headers.get("x-name").and_then(|name| name.to_str().ok()).unwrap_or("nobody").to_owned();
    while let Received::Message(message) = ws.receive().await {
        match message {
            Message::Text(text) => ws.send(format!("{name}: {text}")).await?,
            bytes => ws.send(bytes).await?,
        }
    }
    Ok(())
}

fn app() -> (Router, Sessions) {
    let sessions = Sessions::new(Memory::default());
    (routes![buy, echo].layer(sessions.clone()), sessions)
}

const BOUGHT: &str = "
    < Rover: which size?
    > 54
    < Your name?
    > back
    < Rover: which size?
    > 52
    < Your name?
    ~ 1h
    < Still there?
    < Your name?
    > Ada
    < Order 55.
    ~ 3min
    * Card { last: 1234 }
    < Thank you, card 1234.
    ! end
";

#[test]
fn a_route_is_spoken_to_in_the_process() {
    route(app, "/buy/Rover").hears::<Purchase>().check(BOUGHT);
    route(app, "/buy/Rover")
        .check("< Rover: which size?\n~ 1h\n< Still there?\n< Rover: which size?\n~ 1h\n! 4001 nobody is there");
}

#[test]
fn a_socket_that_is_driven_by_hand_is_spoken_to_as_well() {
    route(app, "/echo").header("x-name", "Ada").check("> hello\n< Ada: hello\n> binary 0xCAFE\n< binary 0xCAFE");
    route(app, "/echo").check("> hello\n< nobody: hello");
}

#[test]
fn a_store_may_have_a_thread_of_its_own() {
    let folder = Arc::new(tempfile::tempdir().expect("a folder"));
    let file = AtomicU32::new(0);
    let app = move || {
        let file = folder.path().join(file.fetch_add(1, Ordering::Relaxed).to_string());
        routes![buy].layer(Sessions::new(Sqlite::open(file).expect("a file")))
    };
    route(app, "/buy/Rover").check("< Rover: which size?\n> 54\n< Your name?\n> Ada\n< Order 57.");
}

#[tokio::test]
async fn an_address_is_spoken_to() {
    let server = Server::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("ws://{}/buy/Rover", server.local_addr());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(server.shutdown_on(async { drop(stopped.await) }).serve(app().0));
    let checked = tokio::task::spawn_blocking(move || {
        address(&url).check("< Rover: which size?\n> 54\n< Your name?\n~ 20ms\n> Ada\n< Order 57.");
        let beginning = url.clone();
        let report = failure(move || address(&beginning).check(""));
        assert!(report.contains("+ < Rover: which size?\n"), "{report}");
        failure(move || address(&url).check("< Rover: which size?\n* Cash"))
    });
    let report = checked.await.expect("it goes as it is written");
    assert!(report.ends_with("line 2: events are sent within the process: an address takes none"), "{report}");
    drop(stop);
    serving.await.expect("no panic").expect("it stops");
}

#[test]
fn what_is_wrong_is_said() {
    let report = failure(|| route(app, "/buy/Rover").check("< Rover: what size?\n> 54\n< Your name?"));
    assert!(
        report.contains(
            "the dialogue goes otherwise (- as it is written, + as it went)\n\n- < Rover: what size?\n+ < Rover: which size?\n"
        ),
        "{report}"
    );
    let report = failure(|| route(app, "/sell").check("< Which?"));
    assert!(report.ends_with("/sell answers 404 Not Found"), "{report}");
    let report = failure(|| route(app, "/buy/Rover").check("* Cash"));
    assert!(report.ends_with("it is not said who hears events: `route(…).hears::<Order>()`"), "{report}");
    let report = failure(|| route(|| app().0, "/buy/Rover").hears::<Purchase>().check("* Cash"));
    assert!(report.ends_with("events go through sessions: have `route` return `(router, sessions)`"), "{report}");
    let report = failure(|| route(app, "/buy/Rover").hears::<Purchase>().check("* Gold"));
    assert!(report.contains("line 1: `Gold` is no event of Purchase: "), "{report}");
    let silent = || Router::new().route("/silent", axum::routing::any(std::future::pending::<()>));
    let report = failure(move || route(silent, "/silent").check(""));
    assert!(report.ends_with("/silent does not answer the handshake"), "{report}");
    let report = failure(|| address("wss://localhost/buy").check("< Which?"));
    assert!(report.ends_with("wss://localhost/buy does not begin with `ws://`: this client has no TLS"), "{report}");
    let report = failure(|| address("ws://127.0.0.1:1/buy").check("< Which?"));
    assert!(report.contains("127.0.0.1:1 cannot be reached: "), "{report}");
}

#[ws_route("/sale")]
async fn sale() -> Sale {
    Sale
}

#[test]
fn what_does_not_survive_a_break_is_found() {
    let sold = "< How many?\n> 3\n< 3 for 250 cents each.\n! end";
    let report = failure(move || route(|| routes![sale].layer(Sessions::in_memory()), "/sale").check(sold));
    assert!(
        report
            .contains("the dialogue goes otherwise where the connection broke, before its first line (- without that"),
        "{report}"
    );
    assert!(report.contains("- < 3 for 250 cents each.\n+ < 3 for 2 cents each.\n"), "{report}");
}
