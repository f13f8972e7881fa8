//! Measures conversations that are kept in a file: turns a second, returns, and starts.

mod client;
mod cpu;
mod engine;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use converse::store::{Filter, Id, Record, Schema, Status, Store};
use converse::{Sessions, prelude::*};
use converse_sqlite::Sqlite;
use futures_util::future::join_all;
use tokio::runtime::{Builder, Handle};
use tokio::task::JoinSet;

use crate::client::{Client, LINE, Plain, Talks};
use crate::cpu::Taken;

/// How long each side of a comparison runs, and how often they take turns.
const ROUND: Duration = Duration::from_secs(2);
const ROUNDS: usize = 5;

conversation! {
    /// Remembers as much as an order does.
    Order {
        let mut lines: Vec<String> = Vec::new();
        loop {
            let line: String = ask "What else, beside {}?", lines.len();
            if lines.len() == 8 {
                lines.clear();
            }
            lines.push(line);
        }
    }
}

// Clients without a network are faster than anybody may be unless it is said.
#[ws_route("/order", max_messages_per_second = 4_294_967_295)]
async fn order() -> Order {
    Order
}

fn main() {
    let sizes: Vec<usize> = match std::env::args().nth(1).map(|size| size.parse()) {
        Some(Ok(size)) => vec![size],
        Some(Err(error)) => return eprintln!("durable: how many conversations is a number: {error}"),
        None => vec![100_000, 1_000_000],
    };
    // On threads of their own, so that it can be told what each of the two costs.
    let threads =
        |name| Builder::new_multi_thread().thread_name(name).enable_all().build().expect("there can be threads");
    let (server, clients) = (threads(cpu::SERVER), threads(cpu::CLIENTS));
    let server = server.handle();
    clients.block_on(async {
        println!("| dialogues | durable turns/s | lines and writes/s | ratio | the engine's writes/s | ratio | writes a turn |");
        println!("|---|---|---|---|---|---|---|");
        let mut costs = Vec::new();
        for dialogues in [1, 64, 512] {
            costs.push((dialogues, turns(server, dialogues).await));
        }
        println!("\n| dialogues | a durable turn | of that the store | a turn without a store | a write of the engine | ratio | the client |");
        println!("|---|---|---|---|---|---|---|");
        for (dialogues, Cost { durable, plain, write }) in costs {
            let (ours, theirs) = (durable.server + durable.store, write.server + write.store);
            println!(
                "| {dialogues} | {ours:.1} µs | {:.1} µs | {:.1} µs | {theirs:.1} µs | {:.2} | {:.1} µs |",
                durable.store,
                plain.server,
                (plain.server + theirs) / ours,
                durable.clients,
            );
        }
        println!("\n| stored conversations | start to first return | return to prompt, p50 | p99 |");
        println!("|---|---|---|---|");
        for size in sizes {
            starts(server, size).await;
        }
    });
}

/// What one of each costs the processors.
struct Cost {
    durable: Taken,
    plain: Taken,
    write: Taken,
}

/// The same, where nothing is kept.
#[ws_route("/order", max_messages_per_second = 4_294_967_295)]
async fn forgetful() -> Order {
    Order
}

fn app(store: impl Store) -> Router {
    routes![order].layer(Sessions::new(store))
}

async fn turns(server: &Handle, dialogues: usize) -> Cost {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || Sqlite::open(folder.path().join("ours.db")).expect("a file");
    let (app, looks) = (app(open()), open());
    let mut clients = begun(server, &app, dialogues).await;
    let mut others = begun(server, &routes![forgetful], dialogues).await;
    let engine = Arc::new(Sqlite::open(folder.path().join("engine.db")).expect("a file"));
    let (mut ours, mut least, mut theirs, mut each) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut durable, mut plain, mut write) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (before, _) = written(&looks, dialogues).await;
        let start = Taken::now();
        let (turns, rest) = talk(clients).await;
        durable.push((Taken::now() - start, turns));
        clients = rest;
        let (after, bytes) = written(&looks, dialogues).await;
        each.push((after - before) as f64 / turns as f64);
        ours.push(turns as f64 / ROUND.as_secs_f64());
        let lines = (0..dialogues).map(|_| Plain::connect(server, &engine, bytes)).collect();
        least.push(talk(lines).await.0 as f64 / ROUND.as_secs_f64());
        let start = Taken::now();
        let writes = engine::writes(server, &engine, dialogues, bytes, ROUND).await;
        write.push((Taken::now() - start, writes));
        theirs.push(writes as f64 / ROUND.as_secs_f64());
        let start = Taken::now();
        let (turns, rest) = talk(others).await;
        plain.push((Taken::now() - start, turns));
        others = rest;
    }
    let (ours, least, theirs, each) = (median(ours), median(least), median(theirs), median(each));
    let (of_least, of_theirs) = (ours / least, ours / theirs);
    println!("| {dialogues} | {ours:.0} | {least:.0} | {of_least:.2} | {theirs:.0} | {of_theirs:.2} | {each:.2} |");
    Cost { durable: each_of(&durable), plain: each_of(&plain), write: each_of(&write) }
}

/// Conversations that wait for their first reply.
async fn begun(server: &Handle, app: &Router, dialogues: usize) -> Vec<Client> {
    let mut clients = join_all((0..dialogues).map(|_| Client::connect(server, app, None))).await;
    join_all(clients.iter_mut().map(Client::hear)).await;
    clients
}

/// What one cost, of so many in each round.
fn each_of(rounds: &[(Taken, usize)]) -> Taken {
    let each =
        |part: fn(&Taken) -> f64| median(rounds.iter().map(|(taken, many)| part(taken) / *many as f64).collect());
    Taken { server: each(|taken| taken.server), clients: each(|taken| taken.clients), store: each(|taken| taken.store) }
}

/// How often the dialogues were written, which each record knows of itself, and how large one is.
async fn written(store: &Sqlite, dialogues: usize) -> (u64, usize) {
    let live = Filter { status: Some(Status::Live), ..Filter::default() };
    let all = store.list(&live, None, dialogues).await.expect("the file can be read");
    let one = store.load(all[0].id).await.expect("the file can be read").expect("it was listed");
    (all.iter().map(|record| record.version).sum(), one.body.len())
}

/// Has every client say something and wait for what comes of it, for a round.
async fn talk<C: Talks>(clients: Vec<C>) -> (usize, Vec<C>) {
    let until = Instant::now() + ROUND;
    let mut talks = JoinSet::new();
    for mut client in clients {
        talks.spawn(async move {
            let mut turns = 0;
            while Instant::now() < until {
                client.turn().await;
                turns += 1;
            }
            (turns, client)
        });
    }
    let done = talks.join_all().await;
    (done.iter().map(|(turns, _)| turns).sum(), done.into_iter().map(|(_, client)| client).collect())
}

async fn starts(server: &Handle, size: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("conversations.db");
    let mut clients: Vec<Client> = {
        let app = app(Sqlite::open(&path).expect("a file"));
        begun(server, &app, 64).await
    };
    fill(&path, size).await;
    let cookies: Vec<String> = clients.drain(..).map(|client| client.cookie().to_owned()).collect();
    let began = Instant::now();
    let app = app(Sqlite::open(&path).expect("a file"));
    Client::connect(server, &app, Some(&cookies[0])).await.hear().await;
    let first = began.elapsed();
    let mut returns = Vec::new();
    for _ in 0..20 {
        for cookie in &cookies[1..] {
            let began = Instant::now();
            Client::connect(server, &app, Some(cookie)).await.hear().await;
            returns.push(began.elapsed().as_secs_f64() * 1000.0);
        }
    }
    returns.sort_by(f64::total_cmp);
    let at = |share: usize| returns[returns.len() * share / 100];
    println!("| {size} | {:.1} ms | {:.2} ms | {:.2} ms |", first.as_secs_f64() * 1000.0, at(50), at(99));
}

/// Puts conversations of others into the file.
async fn fill(path: &Path, size: usize) {
    let store = Arc::new(Sqlite::open(path).expect("a file"));
    let mut fillers = JoinSet::new();
    for part in 0..64 {
        let store = Arc::clone(&store);
        fillers.spawn(async move {
            for _ in (part..size).step_by(64) {
                let record = Record::new(Id::random(), "Order", "line", Schema::from_bytes([0; 16]));
                let body = format!(r#"{{"state":{{"line":{{"lines":["{LINE}","{LINE}"]}}}}}}"#).into_bytes();
                store.create(&Record { body: body.into(), ..record }).await.expect("it is stored");
            }
        });
    }
    fillers.join_all().await;
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
