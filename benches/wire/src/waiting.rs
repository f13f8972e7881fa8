//! As many conversations as the machine can hold, which wait for the next answer. Then every server is killed, one is
//! started, and some of the clients come back to it.

use std::ffi::OsStr;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use converse::{Server, Sessions};
use converse_sqlite::Sqlite;
use converse_wire::client::Target;
use converse_wire::load::{Visit, come_back, open, stay};
use converse_wire::{ours, start};

use crate::Result;
use crate::process::{Clients, Process, kib, raise_limits};
use crate::report::{number, table};

/// The arguments with which this program is a server that keeps conversations in a file, or a crowd of clients.
pub(crate) const KEEP: &str = "keep";
pub(crate) const STAY: &str = "stay";

/// How many come back.
const SAMPLE: usize = 1_000;
const PATH: &str = "/wait";

/// A server that keeps its conversations in this file.
pub(crate) async fn keep(file: &Path) -> Result {
    let store = Sqlite::open(file).map_err(|error| error.to_string())?;
    let server = Server::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    start::announce(server.local_addr());
    server.serve(ours::router().layer(Sessions::new(store))).await.map_err(|error| error.to_string())
}

/// So many clients, each with one answer given; they say by which cookies some of them come back, and stay.
pub(crate) async fn crowd(address: &str, many: &str, sample: &str) -> Result {
    let address: SocketAddr = address.parse().map_err(|error| format!("{address} is no address: {error}"))?;
    let count = |text: &str| text.parse().map_err(|error| format!("{text} is no number: {error}"));
    let (many, sample): (usize, usize) = (count(many)?, count(sample)?);
    let target = Target { address, path: Some(PATH) };
    let clients = open(target, many, Some(Visit::OneAnswer)).await.map_err(|error| error.to_string())?;
    let cookies: Vec<_> = clients.iter().take(sample).filter_map(|client| client.cookie()).collect();
    start::announce(cookies.join(" "));
    // Until the first has lost its server: they are killed sooner or later.
    let _ = stay(clients).await;
    Ok(())
}

/// Has so many conversations wait; a table.
pub(crate) async fn waiting(many: usize) -> Result<String> {
    // A server leaves some of its files to others; so do we.
    let most = usize::try_from(raise_limits()?).map_or(many, |files| files - files / 8).min(many);
    let nodes = many.div_ceil(most);
    let folder = std::env::temp_dir().join(format!("converse-waiting-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| format!("there is no place for the file: {error}"))?;
    let file = folder.join("conversations.db");
    let waited = hold(many, nodes, &file).await;
    let done = match waited {
        Ok((held, cookies)) => again(&file, &cookies).await.map(|returned| row(many, nodes, &held, &returned)),
        Err(error) => Err(error),
    };
    fs::remove_dir_all(&folder).map_err(|error| format!("the file is still there: {error}"))?;
    done
}

/// What they take while they wait, in KiB each: of the servers, and of the machine. And how long it took until they did.
struct Held {
    servers: f64,
    machine: f64,
    seconds: f64,
}

async fn hold(many: usize, nodes: usize, file: &Path) -> Result<(Held, Vec<String>)> {
    let (began, free) = (Instant::now(), available()?);
    let (mut servers, mut crowds, mut cookies) = (Vec::new(), Vec::new(), Vec::new());
    for node in 0..nodes {
        let here = many * (node + 1) / nodes - many * node / nodes;
        let server = Process::start_ours(&[OsStr::new(KEEP), file.as_os_str()], PATH)?;
        let empty = server.memory()?;
        let address = server.target.address.to_string();
        let arguments = [STAY.to_owned(), address, here.to_string(), SAMPLE.div_ceil(nodes).to_string()];
        let (crowd, said) = Clients::start(&arguments)?;
        cookies.extend(said.split_whitespace().map(str::to_owned));
        servers.push((server, empty));
        crowds.push(crowd);
        eprintln!("{} of {many} wait", many * (node + 1) / nodes);
    }
    let seconds = began.elapsed().as_secs_f64();
    let taken: Result<Vec<f64>> = servers.iter().map(|(server, empty)| Ok(server.memory()? - empty)).collect();
    let held = Held {
        servers: taken?.iter().sum::<f64>() / many as f64,
        machine: (free - available()?) / many as f64,
        seconds,
    };
    if !crowds.iter_mut().all(Clients::are_there) {
        return Err("a client was sent away while it waited".to_owned());
    }
    servers.into_iter().try_for_each(|(server, _)| server.kill())?;
    Ok((held, cookies))
}

/// What comes of a new process: ms until the first has come back, and how long each of the sample took.
async fn again(file: &Path, cookies: &[String]) -> Result<(f64, Vec<f64>)> {
    let began = Instant::now();
    let server = Process::start_ours(&[OsStr::new(KEEP), file.as_os_str()], PATH)?;
    let mut first = None;
    let mut took = Vec::new();
    for cookie in cookies {
        let time = come_back(&server.target, cookie).await.map_err(|error| error.to_string())?;
        took.push(time.as_secs_f64() * 1000.0);
        first.get_or_insert_with(|| began.elapsed().as_secs_f64() * 1000.0);
    }
    took.sort_by(f64::total_cmp);
    first.map(|first| (first, took)).ok_or_else(|| "nobody has a cookie to come back by".to_owned())
}

fn row(many: usize, nodes: usize, held: &Held, (first, took): &(f64, Vec<f64>)) -> String {
    let columns = [
        "conversations that wait",
        "in processes",
        "KiB each, of the servers",
        "of the machine",
        "all there after",
        "a process is killed and started: the first comes back after",
        "of 1,000, p50",
        "p99",
    ];
    let at = |share: usize| format!("{} ms", number(took[took.len() * share / 100]));
    let cells = [
        many.to_string(),
        nodes.to_string(),
        number(held.servers),
        number(held.machine),
        format!("{:.0} s", held.seconds),
        format!("{} ms", number(*first)),
        at(50),
        at(99),
    ];
    table(&columns, [cells.to_vec()])
}

/// What the machine has left of its memory, in KiB.
fn available() -> Result<f64> {
    kib(Path::new("/proc/meminfo"), "MemAvailable:")
}
