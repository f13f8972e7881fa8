//! Measures servers side by side, and writes the tables of `docs/performance.md`.

mod counters;
mod hostile;
mod measure;
mod plot;
mod process;
mod report;
mod servers;
mod waiting;

use std::process::ExitCode;
use std::time::Duration;

use converse::Server;
use converse_wire::load::Visit;
use converse_wire::{ours, start};

use crate::counters::{COUNTED, Counter, GATED};
use crate::hostile::{HARM, bystanders, mean_harm};
use crate::measure::{Taken, Work, dialogue_memory, echo_memory, work};
use crate::plot::Bars;
use crate::report::{NOTHING, median, number, table};
use crate::servers::{BY_HAND, DIALOGUES, ECHOES, Kind, SERVE};
use crate::waiting::{KEEP, STAY, crowd, keep, waiting};

/// Why there is no number, in words for the person who asked for it.
type Result<T = ()> = std::result::Result<T, String>;

/// How long and how often everything is done.
struct Effort {
    rounds: usize,
    time: Duration,
    connections: usize,
}

const FULL: Effort = Effort { rounds: 5, time: Duration::from_millis(400), connections: 10_000 };
const QUICK: Effort = Effort { rounds: 1, time: Duration::from_millis(150), connections: 1_000 };

/// What echoes are measured at: the columns of the table.
const WORKS: [(&str, Work); 5] = [
    ("64 B × 100", Work::Echo { connections: 100, burst: 1, bytes: 64 }),
    ("64 B × 1,000", Work::Echo { connections: 1_000, burst: 1, bytes: 64 }),
    ("32 in flight × 100", Work::Echo { connections: 100, burst: 32, bytes: 64 }),
    ("16 KiB × 50", Work::Echo { connections: 50, burst: 1, bytes: 16 << 10 }),
    ("visit", Work::Visit(Visit::Echo)),
];
/// That of many connections, whose latencies are told, too.
const CROWD: usize = 1;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let done = start::runtime().block_on(async {
        match arguments[..] {
            [SERVE] => serve().await,
            [HARM, kind, address] => mean_harm(kind, address).await,
            [KEEP, file] => keep(file.as_ref()).await,
            [STAY, address, many, sample] => crowd(address, many, sample).await,
            ["counters"] => counters().await,
            ["instructions"] => instructions().await,
            ["hostile"] => bystanders().await,
            ["waiting", many] => wait(many).await,
            ["quick"] => tables(&QUICK).await.map(drop),
            [] => full().await,
            _ => Err("it takes nothing, `quick`, `counters`, `instructions`, `hostile`, or `waiting` and a number"
                .to_owned()),
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wire: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result {
    let server = Server::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    start::announce(server.local_addr());
    server.serve(ours::router()).await.map_err(|error| error.to_string())
}

async fn wait(many: &str) -> Result {
    let many = many.parse().map_err(|error| format!("{many} is no number of conversations: {error}"))?;
    let table = waiting(many).await?;
    println!("{table}");
    report::write("wire waiting", &table)
}

async fn full() -> Result {
    let (tables, plots) = tables(&FULL).await?;
    report::write("wire", &tables)?;
    plot::write(&plots)
}

async fn tables(effort: &Effort) -> Result<(String, [Bars; 2])> {
    process::build_peers()?;
    process::raise_limits()?;
    // By work, by server, by round. The servers take turns, and whatever disturbs the machine hits all of them.
    let mut echoes: [[Vec<Taken>; ECHOES.len()]; WORKS.len()] = Default::default();
    let mut dialogues: [Vec<Taken>; DIALOGUES.len()] = Default::default();
    for _ in 0..effort.rounds {
        for ((_, what), servers) in WORKS.iter().zip(&mut echoes) {
            for (kind, rounds) in ECHOES.iter().zip(servers) {
                if kind.path.is_some() || matches!(what, Work::Echo { .. }) {
                    rounds.push(work(kind, *what, effort.time).await?);
                }
            }
        }
        for (kind, rounds) in DIALOGUES.iter().zip(&mut dialogues) {
            rounds.push(work(kind, Work::Visit(Visit::Dialogue), effort.time).await?);
        }
    }
    let mut memory = Vec::new();
    for kind in &ECHOES {
        memory.push(echo_memory(kind, effort.connections).await?);
    }
    let mut remembered = Vec::new();
    for kind in &DIALOGUES {
        remembered.push(dialogue_memory(kind, effort.connections).await?);
    }
    let tables = [
        cpu_table(&echoes),
        latency_table(&echoes[CROWD]),
        memory_table(&ECHOES, &["after 64 B", "after 64 KiB", "2 s after all have gone"], &memory),
        dialogue_table(&dialogues),
        memory_table(&DIALOGUES, &["after one answer", "2 s after all have gone"], &remembered),
    ];
    let tables = tables.join("\n");
    println!("{tables}");
    let named = |value: &dyn Fn(usize) -> f64| (0..ECHOES.len()).map(|at| (ECHOES[at].name, value(at))).collect();
    let plots = [
        Bars {
            title: "CPU, µs a message: 64 B, 1,000 connections",
            bars: named(&|at| median(cpu(&echoes[CROWD][at]))),
        },
        Bars {
            title: "Memory, KiB an idle connection: after 64 B, 10,000 connections",
            bars: named(&|at| memory[at][0]),
        },
    ];
    Ok((tables, plots))
}

fn cpu(rounds: &[Taken]) -> Vec<f64> {
    rounds.iter().map(|taken| taken.cpu).collect()
}

/// The median of a server's rounds, and that of its ratios to the first server's.
fn cpu_cell(rounds: &[Taken], first: &[Taken]) -> String {
    if rounds.is_empty() {
        return NOTHING.to_owned();
    }
    format!("{} ({})", number(median(cpu(rounds))), ratio(rounds, first))
}

/// The median of the ratios to another server's rounds, each to the same one.
fn ratio(rounds: &[Taken], other: &[Taken]) -> String {
    let ratios = rounds.iter().zip(other).map(|(taken, other)| taken.cpu / other.cpu).collect();
    format!("{:.2}", median(ratios))
}

fn cpu_table(echoes: &[[Vec<Taken>; ECHOES.len()]]) -> String {
    let columns: Vec<_> = ["CPU, µs"].into_iter().chain(WORKS.iter().map(|(name, _)| *name)).collect();
    table(
        &columns,
        ECHOES.iter().enumerate().map(|(at, kind)| {
            let cells = echoes.iter().map(|servers| cpu_cell(&servers[at], &servers[0]));
            [kind.name.to_owned()].into_iter().chain(cells).collect()
        }),
    )
}

fn latency_table(servers: &[Vec<Taken>]) -> String {
    table(
        &["latency, ms, 64 B × 1,000", "p50", "p99", "p99.9"],
        ECHOES.iter().zip(servers).map(|(kind, rounds)| {
            let at = |share: f64| {
                let of_round = |taken: &Taken| {
                    let mut all = taken.latencies.clone();
                    all.sort_unstable();
                    all[(all.len() as f64 * share) as usize].as_secs_f64() * 1000.0
                };
                number(median(rounds.iter().map(of_round).collect()))
            };
            vec![kind.name.to_owned(), at(0.5), at(0.99), at(0.999)]
        }),
    )
}

fn dialogue_table(dialogues: &[Vec<Taken>]) -> String {
    let row = |(kind, rounds): (&Kind, &Vec<Taken>)| {
        vec![kind.name.to_owned(), cpu_cell(rounds, &dialogues[0]), ratio(rounds, &dialogues[BY_HAND])]
    };
    let columns = ["the README's dialogue", "CPU, µs", "by ours by hand"];
    table(&columns, DIALOGUES.iter().zip(dialogues).map(row))
}

fn memory_table<const N: usize>(kinds: &[Kind], columns: &[&str; N], memory: &[[f64; N]]) -> String {
    let columns: Vec<_> = ["memory, KiB"].into_iter().chain(*columns).collect();
    table(
        &columns,
        kinds
            .iter()
            .zip(memory)
            .map(|(kind, kib)| [kind.name.to_owned()].into_iter().chain(kib.iter().map(|kib| number(*kib))).collect()),
    )
}

async fn counters() -> Result {
    process::build_peers()?;
    let mut rows = Vec::new();
    for kind in &ECHOES {
        let mut row = vec![kind.name.to_owned()];
        for (_, counter, what) in &COUNTED {
            let is_there = kind.path.is_some() || matches!(what, Work::Echo { .. });
            row.push(if is_there { number(counter.each(kind, *what).await?) } else { NOTHING.to_owned() });
        }
        rows.push(row);
    }
    let columns: Vec<_> = ["counted"].into_iter().chain(COUNTED.iter().map(|(name, ..)| *name)).collect();
    let counted = table(&columns, rows);
    println!("{counted}");
    report::write("wire counters", &counted)
}

/// Says how many instructions each of those takes that a test has limits for.
async fn instructions() -> Result {
    for (what, path, work) in GATED {
        let counted = Counter::Instructions.each(&Kind::ours(what, path), work).await?;
        println!("{what}: {counted:.0}");
    }
    Ok(())
}
