//! What can be watched from outside: whatever recorder the program has gets names, numbers and no word of what was said.

use std::collections::BTreeMap;
use std::time::Duration;

use converse::prelude::*;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};

use crate::support::{Browser, hear, talk};

conversation! {
    /// Gets to know a visitor.
    Introduction {
        let name: String = ask "What is your name?"
            where !name.is_empty() else "A name, please.";
        let age: u8 = ask "And your age?";
        say "You're {name}, and you are {age} old.";
    }
}

#[ws_route("/introduce")]
async fn introduce() -> Introduction {
    Introduction
}

/// Every counter and gauge so far, as `name{labels}`; of a histogram, how many values it has.
struct Seen {
    snapshotter: Snapshotter,
    all: BTreeMap<String, f64>,
}

impl Seen {
    fn by(recorder: &DebuggingRecorder) -> Self {
        Seen { snapshotter: recorder.snapshotter(), all: BTreeMap::new() }
    }

    /// Looks once more. Taking a snapshot takes what was counted, and of a gauge what it has changed by since the last one.
    fn look(&mut self) -> &BTreeMap<String, f64> {
        for (key, _, _, value) in self.snapshotter.snapshot().into_vec() {
            let key = key.key();
            let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            let value = match value {
                DebugValue::Counter(count) => count as f64,
                DebugValue::Gauge(change) => change.into_inner(),
                DebugValue::Histogram(values) => values.len() as f64,
            };
            *self.all.entry(format!("{}{{{}}}", key.name(), labels.join(","))).or_default() += value;
        }
        &self.all
    }
}

#[tokio::test]
async fn a_dialogue_is_counted_question_by_question() {
    let recorder = DebuggingRecorder::new();
    let mut seen = Seen::by(&recorder);
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let app = routes![introduce].layer(converse::Sessions::in_memory());

    let mut visitor = Browser::new(&app, "/introduce");
    let mut client = visitor.connect().await;
    hear(&mut client, &["What is your name?"]).await;
    talk(&mut client, " ", &["A name, please.", "What is your name?"]).await;
    talk(&mut client, "Ada Lovelace", &["And your age?"]).await;
    talk(&mut client, "36", &["You're Ada Lovelace, and you are 36 old."]).await;
    assert_eq!(client.closed().await.0, 1000);
    let mut shy = Browser::new(&app, "/introduce").connect().await;
    hear(&mut shy, &["What is your name?"]).await;
    shy.close(1001, "").await;
    assert_eq!(shy.closed().await.0, 1001);
    let origin = HeaderValue::from_static("https://evil.example");
    drop(Browser::new(&app, "/introduce").open(Some((header::ORIGIN, origin))).await);

    // A connection is over once its task has seen the client hang up.
    drop((client, shy));
    while seen.look()["converse_connections{}"] != 0.0 || !seen.all.contains_key("converse_closes_total{code=1001}") {
        tokio::task::yield_now().await;
    }
    let seen = seen.all;
    let question = |question: &str, outcome: &str| {
        let key =
            format!("converse_questions_total{{conversation=Introduction,question={question},outcome={outcome}}}");
        seen.get(&key).copied().unwrap_or_default()
    };
    assert_eq!((question("name", "asked"), question("age", "asked")), (3.0, 1.0));
    assert_eq!((question("name", "answered"), question("age", "answered")), (1.0, 1.0));
    assert_eq!((question("name", "refused"), question("age", "refused")), (1.0, 0.0));
    assert_eq!((question("name", "abandoned"), question("age", "abandoned")), (1.0, 0.0));
    assert_eq!(seen["converse_turn_seconds{conversation=Introduction}"], 5.0);
    assert_eq!(seen["converse_connections_total{}"], 2.0);
    assert_eq!((seen["converse_closes_total{code=1000}"], seen["converse_closes_total{code=1001}"]), (1.0, 1.0));
    assert_eq!(seen["converse_refusals_total{reason=origin}"], 1.0);
    assert!(seen["converse_bytes_total{direction=in}"] > 0.0 && seen["converse_bytes_total{direction=out}"] > 0.0);
    assert!(!seen.keys().any(|key| key.contains("Ada") || key.contains("36")), "no word of what was said");
}

#[ws_route("/close/{code}")]
async fn close(code: u16, mut socket: WebSocket) -> converse::Result {
    if let Received::Message(_) = socket.receive().await {
        socket.close_with(code, "").await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_client_makes_no_series_by_the_codes_that_it_closes_with() {
    let recorder = DebuggingRecorder::new();
    let mut seen = Seen::by(&recorder);
    let _recorder = metrics::set_default_local_recorder(&recorder);
    for code in [1000, 1013, 3000, 3001, 4000, 4001, 4408, 4999] {
        let mut client = Browser::new(&routes![close], "/close/4000").connect().await;
        client.close(code, "").await;
        assert_eq!(client.closed().await.0, code);
    }
    let mut client = Browser::new(&routes![close], "/close/4123").connect().await;
    client.send("close").await;
    assert_eq!(client.closed().await.0, 4123);
    drop(client);
    let closes = |all: &BTreeMap<String, f64>| {
        let of_one = |(key, count): (&String, &f64)| {
            Some((key.strip_prefix("converse_closes_total{code=")?.strip_suffix('}')?.to_owned(), *count))
        };
        all.iter().filter_map(of_one).collect::<Vec<_>>()
    };
    while closes(seen.look()).iter().map(|(_, count)| count).sum::<f64>() < 9.0 {
        tokio::task::yield_now().await;
    }
    let expected = [("1000", 1.0), ("1013", 1.0), ("3000", 1.0), ("4123", 1.0), ("other", 5.0)];
    assert_eq!(closes(&seen.all), expected.map(|(code, count)| (code.to_owned(), count)));
}

/// Where a turn is held up.
static HELD_UP: Notify = Notify::const_new();

conversation! {
    /// Takes its time.
    Slow {
        let name: String = ask "What is your name?";
        HELD_UP.notified().await;
        let age: u8 = ask "And your age?";
        say "You're {name}, and you are {age} old.";
    }
}

#[ws_route("/slow")]
async fn slow() -> Slow {
    Slow
}

#[tokio::test]
async fn who_is_in_a_turn_waits_nowhere() {
    let recorder = DebuggingRecorder::new();
    let mut seen = Seen::by(&recorder);
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let app = routes![slow].layer(converse::Sessions::in_memory());
    let mut waits = async |name: f64, age: f64| {
        let at = |question: &str| format!("converse_waiting{{conversation=Slow,question={question}}}");
        let both = |all: &BTreeMap<String, f64>| ["name", "age"].map(|name| all.get(&at(name)).copied().unwrap_or(0.0));
        let until = async {
            while both(seen.look()) != [name, age] {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), until).await.expect("it comes to that");
    };
    let mut client = Browser::new(&app, "/slow").connect().await;
    hear(&mut client, &["What is your name?"]).await;
    waits(1.0, 0.0).await;
    client.send("Ada").await;
    waits(0.0, 0.0).await;
    HELD_UP.notify_one();
    hear(&mut client, &["And your age?"]).await;
    waits(0.0, 1.0).await;
    // The turn goes on without its client, and ends here with the socket.
    let mut other = Browser::new(&app, "/slow").connect().await;
    hear(&mut other, &["What is your name?"]).await;
    waits(1.0, 1.0).await;
    other.send("Grace").await;
    waits(0.0, 1.0).await;
    drop(other);
    HELD_UP.notify_one();
    drop(client);
    waits(0.0, 0.0).await;
}

#[tokio::test]
async fn who_waits_where_is_known_at_any_time() {
    let recorder = DebuggingRecorder::new();
    let mut seen = Seen::by(&recorder);
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let app = routes![introduce].layer(converse::Sessions::in_memory());
    let mut visitors = Vec::new();
    for _ in 0..3 {
        let mut client = Browser::new(&app, "/introduce").connect().await;
        hear(&mut client, &["What is your name?"]).await;
        visitors.push(client);
    }
    // What is heard may come before the task has gone on to wait.
    let mut until = async |name: f64, age: f64| {
        let at = |all: &BTreeMap<String, f64>, question: &str| {
            let key = format!("converse_waiting{{conversation=Introduction,question={question}}}");
            all.get(&key).copied().unwrap_or_default()
        };
        while (at(seen.look(), "name"), at(&seen.all, "age")) != (name, age) {
            tokio::task::yield_now().await;
        }
    };
    until(3.0, 0.0).await;
    talk(&mut visitors[0], " ", &["A name, please.", "What is your name?"]).await;
    talk(&mut visitors[0], "Ada", &["And your age?"]).await;
    until(2.0, 1.0).await;
    drop(visitors.pop());
    until(1.0, 1.0).await;
    talk(&mut visitors[0], "36", &["You're Ada, and you are 36 old."]).await;
    until(1.0, 0.0).await;
    drop(visitors);
    until(0.0, 0.0).await;
}
