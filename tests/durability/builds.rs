//! Two builds of a program, as processes of their own, with one file.

use std::ffi::OsStr;
use std::path::Path;

use axum::Router;
use converse::prelude::*;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::client::Client;
use crate::server::Process;

/// Set in the process of the second build.
const SECOND: &str = "CONVERSE_TEST_SECOND_BUILD";

mod first {
    use super::*;

    conversation! {
        /// Takes an order.
        pub(super) Checkout {
            let phone: String = ask "Phone?";
            let coupon: String = ask "Coupon?";
            let payment: String = ask "Cash or card?";
            say "{phone}, {coupon}, {payment}.";
        }
    }

    #[ws_route("/checkout")]
    pub(super) async fn checkout() -> Checkout {
        Checkout
    }
}

mod second {
    use super::*;

    conversation! {
        /// Takes an order.
        pub(super) Checkout {
            on outdated "coupon" => goto payment;
            #[was = "phone"]
            let mobile: String = ask "Mobile?";
            #[default("unknown".to_owned())]
            let city: String = ask "City?";
            let payment: String = ask "Cash or card in {city}?";
            say "{mobile}, {city}, {payment}.";
        }
    }

    #[ws_route("/checkout")]
    pub(super) async fn checkout() -> Checkout {
        Checkout
    }
}

/// The routes of the build that this process is to be.
pub(crate) fn routes() -> Router {
    match std::env::var_os(SECOND) {
        None => routes![first::checkout],
        Some(_) => routes![second::checkout],
    }
}

async fn start_second(store: &Path) -> Process {
    Process::start_with(store, &[(SECOND, OsStr::new("yes"))]).await
}

type Socket = WebSocketStream<TcpStream>;

/// Opens a socket at which this is said first.
async fn open(client: &mut Client, server: &Process, prompt: &str) -> Socket {
    let mut socket = client.open(server.address).await.expect("it serves");
    assert_eq!(hear(&mut socket).await, prompt);
    socket
}

async fn talk(socket: &mut Socket, reply: &str, prompt: &str) {
    socket.send(reply.into()).await.expect("it serves");
    assert_eq!(hear(socket).await, prompt);
}

/// The next text, or the code of the close.
async fn hear(socket: &mut Socket) -> String {
    loop {
        match socket.next().await.expect("it goes on").expect("it goes on") {
            Message::Text(text) => return text.to_string(),
            Message::Close(close) => return u16::from(close.expect("it has a code").code).to_string(),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("nobody says {other:?}"),
        }
    }
}

/// The first build is killed, and the second goes on with whoever waits.
#[tokio::test]
async fn a_build_goes_on_where_another_one_was_killed() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let store = folder.path().join("conversations.db");
    let old = Process::start(&store).await;
    let mut clients = ["at phone", "at coupon", "at payment"].map(|_| Client::at("/checkout"));
    for (answered, client) in clients.iter_mut().enumerate() {
        let mut socket = open(client, &old, "Phone?").await;
        for (reply, prompt) in [("123", "Coupon?"), ("none", "Cash or card?")].into_iter().take(answered) {
            talk(&mut socket, reply, prompt).await;
        }
    }
    old.kill().await;
    let new = start_second(&store).await;
    let [phone, coupon, payment] = &mut clients;
    talk(&mut open(phone, &new, "Phone?").await, "456", "City?").await;
    talk(&mut open(coupon, &new, "Cash or card in unknown?").await, "cash", "123, unknown, cash.").await;
    talk(&mut open(payment, &new, "Cash or card?").await, "card", "123, unknown, card.").await;
}

/// Both serve for a while, as in a rollout: what the second has stored, the first leaves alone.
#[tokio::test]
async fn two_builds_serve_side_by_side() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let store = folder.path().join("conversations.db");
    let old = Process::start(&store).await;
    let new = start_second(&store).await;
    let (mut one, mut other) = (Client::at("/checkout"), Client::at("/checkout"));
    talk(&mut open(&mut one, &old, "Phone?").await, "123", "Coupon?").await;
    talk(&mut open(&mut other, &new, "Mobile?").await, "456", "City?").await;
    drop(open(&mut other, &old, "1012").await);
    talk(&mut open(&mut other, &new, "City?").await, "Rome", "Cash or card in Rome?").await;
    // Who was at the first comes to the second, and not back.
    drop(open(&mut one, &new, "Cash or card in unknown?").await);
    drop(open(&mut one, &old, "1012").await);
    talk(&mut open(&mut one, &new, "Cash or card in unknown?").await, "cash", "123, unknown, cash.").await;
}
