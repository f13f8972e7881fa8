//! A process that dies when a client comes back, while something else happens in the conversation.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use converse::Once;
use converse::prelude::*;
use converse::store::{Filter, Status, Store};
use converse_sqlite::Sqlite;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::client::Client;
use crate::points::{CRASH, DEEDS, deed};
use crate::server::Process;

/// Set where what is done once has its effect, and never gets any further.
const HANGS: &str = "CONVERSE_TEST_HANGS";

const RETURNS: [&str; 2] = ["return before the write", "return behind the write"];

conversation! {
    /// Does two things, of which the second may take its time.
    Errand {
        let name: String = ask "Name?";
        let first: usize = once deed(talk);
        let second: usize = once slowly(talk).await;
        say "{name} {first} {second}";
    }
}

conversation! {
    /// Is in a hurry.
    Hurry {
        let number: u32 = ask "Number?"
            within 1s else { say "Hurry."; wait };
        say "{number}";
    }
}

#[ws_route("/errand")]
async fn errand() -> Errand {
    Errand
}

#[ws_route("/hurry")]
async fn hurry() -> Hurry {
    Hurry
}

/// Their routes.
pub(crate) fn prepare() -> axum::Router {
    routes![errand, hurry]
}

async fn slowly(talk: Once) -> usize {
    let done = deed(talk);
    if std::env::var_os(HANGS).is_some() {
        std::future::pending::<()>().await;
    }
    done
}

/// A client comes back while its conversation stands between an effect and the write of it.
#[tokio::test]
async fn it_may_die_when_a_client_comes_back_in_the_midst_of_a_once() {
    for point in RETURNS {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let (store, deeds) = (folder.path().join("conversations.db"), folder.path().join("deeds"));
        let crash = format!("{point}:1");
        let environment: [(&str, &OsStr); 3] =
            [(CRASH, crash.as_ref()), (DEEDS, deeds.as_ref()), (HANGS, OsStr::new("yes"))];
        let mut server = Process::start_with(&store, &environment).await;
        let mut client = Client::at("/errand");
        let mut socket = client.open(server.address).await.expect("it serves");
        assert_eq!(text(&mut socket).await.expect("it serves"), "Name?");
        socket.send("Ada".into()).await.expect("it serves");
        while done(&deeds).len() < 2 {
            tokio::task::yield_now().await;
        }
        assert!(client.open(server.address).await.is_err(), "{point}: it dies of the return");
        server.has_died().await;
        let server = Process::start_with(&store, &[(DEEDS, deeds.as_ref())]).await;
        let mut socket = client.open(server.address).await.expect("it serves");
        // It stands behind the first, and does the second by itself.
        let mut heard = text(&mut socket).await.expect("it serves");
        if heard == "Name?" {
            heard = text(&mut socket).await.expect("it serves");
        }
        assert_eq!(heard, "Ada 7 7", "{point}");
        assert!(text(&mut socket).await.is_err(), "{point}: it has ended");
        let deeds = done(&deeds);
        assert_eq!(deeds.iter().filter(|key| key.ends_with("/first")).count(), 1, "{point}: {deeds:?}");
        let second: BTreeSet<_> = deeds.iter().filter(|key| key.ends_with("/second")).collect();
        assert_eq!(second.len(), 1, "{point}: it is tried again by the same key: {deeds:?}");
        assert!(deeds.len() > 2, "{point}: it is tried again: {deeds:?}");
    }
}

/// The keys of everything that was done.
fn done(deeds: &Path) -> Vec<String> {
    let deeds = fs::read_to_string(deeds).unwrap_or_default();
    // The last line may be half-written.
    deeds.split_inclusive('\n').filter_map(|line| Some(line.strip_suffix('\n')?.to_owned())).collect()
}

/// A clock runs out while nobody is there, the process dies of that, and the client comes back to the next one.
#[tokio::test]
async fn it_may_die_of_a_clock_before_a_client_comes_back() {
    for point in ["clock behind the claim:1", "turn before the write:2", "turn behind the write:2"] {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let store = folder.path().join("conversations.db");
        let mut server = Process::start_with(&store, &[(CRASH, point.as_ref())]).await;
        let mut client = Client::at("/hurry");
        let mut socket = client.open(server.address).await.expect("it serves");
        assert_eq!(text(&mut socket).await.expect("it serves"), "Number?");
        drop(socket);
        server.has_died().await;
        hurry_up(point, &mut client, &Process::start(&store).await).await;
    }
}

/// A client comes back when a clock has just run out with nobody there, and the process dies of its return.
#[tokio::test]
async fn it_may_die_when_a_client_comes_back_behind_a_clock() {
    for point in RETURNS {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let store = folder.path().join("conversations.db");
        let crash = format!("{point}:1");
        let mut server = Process::start_with(&store, &[(CRASH, crash.as_ref())]).await;
        let mut client = Client::at("/hurry");
        let mut socket = client.open(server.address).await.expect("it serves");
        assert_eq!(text(&mut socket).await.expect("it serves"), "Number?");
        drop(socket);
        let looks = Sqlite::open(&store).expect("the file can be opened");
        let live = Filter { status: Some(Status::Live), ..Filter::default() };
        while looks.list(&live, None, 1).await.expect("it can be read")[0].version == 1 {
            tokio::task::yield_now().await;
        }
        assert!(client.open(server.address).await.is_err(), "{point}: it dies of the return");
        server.has_died().await;
        hurry_up(point, &mut client, &Process::start(&store).await).await;
    }
}

/// The clock has rung once, whoever it was that heard it, and the conversation waits.
async fn hurry_up(point: &str, client: &mut Client, server: &Process) {
    let mut socket = client.open(server.address).await.expect("it serves");
    for expected in ["Number?", "Hurry."] {
        assert_eq!(text(&mut socket).await.as_deref().ok(), Some(expected), "{point}");
    }
    socket.send("7".into()).await.expect("it serves");
    assert_eq!(text(&mut socket).await.as_deref().ok(), Some("7"), "{point}");
}

/// The next text.
///
/// # Errors
///
/// There is none: the server has gone, or the conversation has ended.
async fn text(socket: &mut WebSocketStream<TcpStream>) -> Result<String, Error> {
    loop {
        match socket.next().await.unwrap_or(Err(Error::ConnectionClosed))? {
            Message::Text(text) => return Ok(text.to_string()),
            Message::Close(_) => return Err(Error::ConnectionClosed),
            _ => {}
        }
    }
}
