//! A process that dies at each step of a turn, at each kind of wait.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use converse::prelude::*;
use converse::store::Filter;
use converse::{Once, Sessions};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::client::Client;
use crate::server::Process;

/// Where the process dies, and at which time that it gets there: `turn behind the write:3`.
pub(crate) const CRASH: &str = "CONVERSE_TEST_CRASH";

/// Where the conversation writes what it has done.
pub(crate) const DEEDS: &str = "CONVERSE_TEST_DEEDS";

const CLOCK: &str = "clock behind the claim";

const POINTS: [&str; 8] = [
    "turn before the write",
    "turn behind the write",
    "turn before a word",
    "turn behind its words",
    "return before the write",
    "return behind the write",
    CLOCK,
    "event behind its arrival",
];

conversation! {
    /// Waits in every way there is.
    Everything hears u32 {
        on "back" => back;
        let name: String = ask "Name?";
        let receipt: usize = once deed(talk);
        say "Receipt {receipt} for {name}.";
        let sure: bool = run Confirmation;
        let paid: u32 = hear within 1s else { say "Still there?"; wait };
        let number: u32 = ask "{paid} paid, {sure}. Number?"
            within 1s else { say "Hurry."; wait }
            where number > 1 else "More than 1.";
        say "{name} {receipt} {sure} {paid} {number}";
    }
}

conversation! {
    /// Asks for a yes.
    Confirmation -> bool {
        let sure: bool = ask "Sure?" else "true or false.";
        sure
    }
}

#[ws_route("/everything")]
async fn everything() -> Everything {
    Everything
}

/// Does something that the world can see.
pub(crate) fn deed(talk: Once) -> usize {
    let path = std::env::var_os(DEEDS).expect("the test says where");
    let mut deeds = OpenOptions::new().append(true).create(true).open(path).expect("it can be written");
    writeln!(deeds, "{}", talk.idempotency_key()).expect("it can be written");
    7
}

static SESSIONS: OnceLock<Sessions> = OnceLock::new();

/// Pays in every conversation, once.
#[ws_route("/pay")]
async fn pay(mut ws: WebSocket) -> converse::Result {
    let sessions = SESSIONS.get().expect("it serves");
    let filter = Filter { flow: Some("Everything".into()), ..Filter::default() };
    for sale in sessions.list(&filter, None, 100).await.map_err(converse::Error::new)? {
        sessions.send::<Everything>(sale.id, "payment", &250).await.map_err(converse::Error::new)?;
    }
    while let Received::Message(_) = ws.receive().await {}
    Ok(())
}

/// What the process that is to die is told.
pub(crate) fn prepare(sessions: &Sessions) -> axum::Router {
    SESSIONS.set(sessions.clone()).expect("a process has one server");
    if let Ok(crash) = std::env::var(CRASH) {
        let (point, times) = crash.split_once(':').expect("a point and a number");
        let times: usize = times.parse().expect("a number");
        let reached = AtomicUsize::new(0);
        let point = point.to_owned();
        converse::failpoints::at_each(move |here| {
            if here == point && reached.fetch_add(1, Ordering::Relaxed) + 1 == times {
                std::process::abort();
            }
        });
    }
    routes![everything, pay]
}

#[tokio::test]
async fn it_may_die_anywhere() {
    for point in POINTS {
        let mut times = 1;
        while die_at(point, times).await {
            times += 1;
        }
        assert!(times > 1, "nothing gets to {point:?}");
    }
}

/// Holds a dialogue whose server dies; `false` if it did not get there so often.
async fn die_at(point: &str, times: usize) -> bool {
    let place = format!("{point}:{times}");
    let folder = tempfile::tempdir().expect("a folder for the test");
    let (store, deeds) = (folder.path().join("conversations.db"), folder.path().join("deeds"));
    let mut server = Process::start_with(&store, &[(CRASH, place.as_ref()), (DEEDS, deeds.as_ref())]).await;
    let mut client = Client::at("/everything");
    let mut died = false;
    let mut said = BTreeMap::new();
    while let Err(_gone) = talk(&mut client, &mut server, &mut said, point == CLOCK && times == 1 && !died).await {
        assert!(!died, "{place}: it dies only once");
        died = true;
        server = Process::start_with(&store, &[(DEEDS, deeds.as_ref())]).await;
    }
    check(&place, &deeds);
    died
}

/// Talks to the server until the end, or until it is gone. One that is to die of a clock has to be left alone for that.
async fn talk(
    client: &mut Client,
    server: &mut Process,
    said: &mut BTreeMap<String, usize>,
    leaves: bool,
) -> Result<(), Error> {
    let mut socket = client.open(server.address).await?;
    // Paid as soon as it is begun, and again behind every crash.
    let mut asked = String::new();
    let mut paid = false;
    loop {
        let message = socket.next().await.unwrap_or(Err(Error::ConnectionClosed))?;
        let text = match message {
            Message::Text(text) => text.to_string(),
            Message::Close(close) => {
                let code = close.map(|close| u16::from(close.code));
                assert_eq!((code, &*asked), (Some(1000), "Ada 7 true 250 2"), "{said:?}");
                return Ok(());
            }
            _ => continue,
        };
        *said.entry(text.clone()).or_default() += 1;
        if text == "Sure?" && !paid {
            paid = true;
            let mut till = Client::at("/pay").open(server.address).await?;
            till.close(None).await?;
            while till.next().await.is_some_and(|message| message.is_ok()) {}
        }
        asked.clone_from(&text);
        if leaves && text.ends_with("Number?") {
            drop(socket);
            server.has_died().await;
            return Err(Error::ConnectionClosed);
        }
        if text == "true or false." && said[&text] == 1 {
            // It comes back, and is told once more.
            socket = client.open(server.address).await?;
            continue;
        }
        if let Some(answer) = answer(&text, said) {
            let _ = socket.send(answer.into()).await; // what comes next says whether it is gone
        }
    }
}

fn answer(text: &str, said: &BTreeMap<String, usize>) -> Option<&'static str> {
    let times = |text: &str| said.get(text).copied().unwrap_or_default();
    match text {
        "Name?" => Some("Ada"),
        "Sure?" => Some(if times("true or false.") == 0 { "maybe" } else { "true" }),
        "250 paid, true. Number?" => Some(if times("More than 1.") == 0 { "1" } else { "2" }),
        _ => None,
    }
}

/// However often it was tried, it has one key.
fn check(place: &str, deeds: &Path) {
    let deeds = fs::read_to_string(deeds).expect("something was done");
    let mut keys: Vec<_> = deeds.lines().collect();
    assert!(keys.len() <= 2, "{place}: done more often than it was begun: {deeds}");
    keys.dedup();
    assert_eq!(keys.len(), 1, "{place}: {deeds}");
    assert!(keys[0].ends_with("/0/receipt"), "{place}: {deeds}");
}
