//! What a log has of a dialogue: which connection, which conversation, which question, and no word of what was said.

use converse::{Secret, Sessions, prelude::*};
use tokio_tungstenite::client_async;

use crate::support::{Client, Log, serve};

conversation! {
    /// Lets somebody in.
    Entrance {
        let name: String = ask "Who are you?";
        let word: Secret<String> = ask "The password?"
            where word.expose().len() > 3 else "Longer than that, {name}.";
        say "Welcome, {name}.";
    }
}

#[ws_route("/doors/{door}")]
async fn enter(door: u8) -> Entrance {
    let _ = door;
    Entrance
}

#[tokio::test]
async fn a_turn_is_traced_by_its_names_alone() {
    let log = Log::of_everything();
    let server = serve(routes![enter].layer(Sessions::in_memory())).await;
    let stream = tokio::net::TcpStream::connect(server.address).await.expect("the server listens");
    let peer = stream.local_addr().expect("it is connected");
    let (socket, response) = client_async("ws://localhost/doors/7", stream).await.expect("the handshake succeeds");
    let cookie = response.headers()["set-cookie"].to_str().expect("it is ASCII").to_owned();
    let token = cookie.split(['=', ';']).nth(1).expect("it has a value").to_owned();
    let mut client = Client::of(socket);
    for (heard, said) in [
        ("Who are you?", "Ada Lovelace"),
        ("The password?", "key"),
        ("Longer than that, Ada Lovelace.", ""),
        ("The password?", "analytical engine"),
        ("Welcome, Ada Lovelace.", ""),
    ] {
        assert_eq!(client.text().await, heard);
        if !said.is_empty() {
            client.send(said).await;
        }
    }
    assert_eq!(client.closed().await.0, 1000);
    server.stop().await.expect("it stops").expect("it stops");

    let lines = log.lines();
    let begun = |span: &str, fields: &[&str]| {
        let is_it = |line: &&String| line.contains(span) && fields.iter().all(|field| line.contains(field));
        lines.iter().filter(is_it).filter(|line| line.ends_with(": new")).count()
    };
    let (peer, route) = (format!("peer={peer}"), "route=\"/doors/{door}\"");
    assert_eq!(begun("websocket{id=", &[&peer, route]) - begun("turn{", &[]), 1, "one connection: {lines:#?}");
    let turns = |question, by| begun("turn{conversation=\"Entrance\" id=", &[question, by, &peer]);
    assert_eq!(begun("turn{conversation=\"Entrance\"", &["by=\"start\""]), 1);
    assert_eq!(turns("question=\"name\"", "by=\"reply\""), 1);
    assert_eq!(turns("question=\"word\"", "by=\"reply\""), 2);
    for secret in ["Lovelace", "analytical", "\"key\"", &token, &token[token.len() - 20..]] {
        let told: Vec<_> = lines.iter().filter(|line| line.contains(secret)).collect();
        assert!(told.is_empty(), "{secret} is in the log: {told:#?}");
    }
}
